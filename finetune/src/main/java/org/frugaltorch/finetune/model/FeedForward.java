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
        Tensor wide = up.forward(input);
        Tensor active = activation.apply(wide);
        wide.close();
        Tensor result = down.forward(active);
        active.close();
        return result;
    }
}
