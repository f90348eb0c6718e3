package org.frugaltorch.engine;

import org.frugaltorch.tensor.Tensor;

/**
 * Draws the random numbers after a state of the generator once more; when it closes, the generator goes on from where it
 * was before.
 *
 * <p>The generator is the process's: whatever another thread draws meanwhile is drawn from the replayed state too. So
 * models whose dropout is drawn again train on one thread at a time.
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
