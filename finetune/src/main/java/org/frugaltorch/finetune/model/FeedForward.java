package org.frugaltorch.finetune.model;

import org.frugaltorch.nn.Activation;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.tensor.Tensor;

/**
 * The network that every token goes through by itself: widen, activate, narrow.
 *
 * @param up [intermediate, H]
 * @param down [H, intermediate]
 * @param activation between them
 */
public record FeedForward(Linear up, Linear down, Activation activation) {
    /** [B, T, H] to [B, T, H]. */
    public Tensor forward(Tensor input) {
        Tensor[] wide = widen(input);
        Tensor active = activate(wide);
        wide[0].close();
        Tensor result = narrow(active);
        active.close();
        return result;
    }

    // ---- its parts, for functions that compute some of them again --------------------------------------------------

    /** What the activation function reads, each [B, T, intermediate]. */
    Tensor[] widen(Tensor input) {
        return new Tensor[] {up.forward(input)};
    }

    /** The activation function: from what {@link #widen} returned to [B, T, intermediate]. */
    Tensor activate(Tensor... wide) {
        return activation.apply(wide[0]);
    }

    /** [B, T, intermediate] to [B, T, H]. */
    Tensor narrow(Tensor active) {
        return down.forward(active);
    }

    /** The gradient by the input of {@link #widen}. */
    Tensor widenBackward(Tensor input, Tensor... gradients) {
        return up.backward(input, gradients[0]);
    }

    /** The gradient by the input of {@link #narrow}. */
    Tensor narrowBackward(Tensor active, Tensor gradient) {
        return down.backward(active, gradient);
    }
}
