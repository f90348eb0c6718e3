package org.frugaltorch.engine;

import org.frugaltorch.tensor.Tensor;

/**
 * Draws the random numbers after a state of the generator once more; when it closes, the generator goes on from where it
 * was before.
 */
public final class RandomReplay implements AutoCloseable {
    private final Tensor before;

    /** @param state from {@link Engine#randomState} */
    public RandomReplay(Tensor state) {
        before = Engine.randomState();
        Engine.setRandomState(state);
    }

    @Override
    public void close() {
        Engine.setRandomState(before);
        before.close();
    }
}
