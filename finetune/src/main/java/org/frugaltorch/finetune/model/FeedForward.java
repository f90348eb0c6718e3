package org.frugaltorch.finetune.model;

import org.frugaltorch.nn.Activation;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.tensor.Tensor;

/** The network that every token goes through by itself: widen, activate, narrow. */
public sealed interface FeedForward {
    /** [B, T, H] to [B, T, H]. */
    Tensor forward(Tensor input);

    /**
     * One widening layer, activated.
     *
     * @param up [intermediate, H]
     * @param down [H, intermediate]
     * @param activation between them
     */
    record Plain(Linear up, Linear down, Activation activation) implements FeedForward {
        @Override
        public Tensor forward(Tensor input) {
            Tensor wide = up.forward(input);
            Tensor active = activation.apply(wide);
            wide.close();
            Tensor result = down.forward(active);
            active.close();
            return result;
        }
    }

    /**
     * Two widening layers, one of which, activated, scales the other ("GLU variants improve transformer", Shazeer 2020).
     *
     * @param gate [intermediate, H]
     * @param up [intermediate, H]
     * @param down [H, intermediate]
     * @param activation of the gate
     */
    record Gated(Linear gate, Linear up, Linear down, Activation activation) implements FeedForward {
        @Override
        public Tensor forward(Tensor input) {
            Tensor opening = gate.forward(input);
            Tensor active = activation.apply(opening);
            opening.close();
            Tensor wide = up.forward(input);
            Tensor scaled = active.mul(wide);
            active.close();
            wide.close();
            Tensor result = down.forward(scaled);
            scaled.close();
            return result;
        }
    }
}
