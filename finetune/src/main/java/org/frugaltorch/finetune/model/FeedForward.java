package org.frugaltorch.finetune.model;

import java.util.List;
import java.util.stream.Stream;
import org.frugaltorch.nn.Activation;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.tensor.Tensor;

/** The network that every token goes through by itself: widen, activate, narrow. */
public sealed interface FeedForward {
    /** [B, T, H] to [B, T, H]. */
    default Tensor forward(Tensor input, ForwardMode mode) {
        Tensor[] wide = widen(input);
        Tensor active = activate(wide);
        for (Tensor each : wide) {
            each.close();
        }
        Tensor dropped = mode.dropout(active, dropout());
        Tensor result = down().forward(dropped);
        dropped.close();
        active.close();
        return result;
    }

    /** What the activation function reads, each [B, T, intermediate]. */
    Tensor[] widen(Tensor input);

    /** From what {@link #widen} returned to [B, T, intermediate]. */
    Tensor activate(Tensor... wide);

    /** The gradient by a constant input of {@link #widen}; adds to those of its weights. */
    Tensor widenBackward(Tensor input, Tensor... gradients);

    /** From [B, T, intermediate] to [B, T, H]. */
    Linear down();

    /** Probability on what is activated. */
    default double dropout() {
        return 0;
    }

    /** What may be trained. */
    List<Tensor> parameters();

    /**
     * One widening layer, activated.
     *
     * @param up [intermediate, H]
     * @param down [H, intermediate]
     * @param activation between them
     * @param dropout probability on what is activated
     */
    record Plain(Linear up, Linear down, Activation activation, double dropout) implements FeedForward {
        @Override
        public Tensor[] widen(Tensor input) {
            return new Tensor[] {up.forward(input)};
        }

        @Override
        public Tensor activate(Tensor... wide) {
            return activation.apply(wide[0]);
        }

        @Override
        public Tensor widenBackward(Tensor input, Tensor... gradients) {
            return up.backward(input, gradients[0]);
        }

        @Override
        public List<Tensor> parameters() {
            return Stream.of(up, down).flatMap(linear -> linear.parameters().stream()).toList();
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
        public Tensor[] widen(Tensor input) {
            return new Tensor[] {gate.forward(input), up.forward(input)};
        }

        @Override
        public Tensor activate(Tensor... wide) {
            Tensor active = activation.apply(wide[0]);
            Tensor scaled = active.mul(wide[1]);
            active.close();
            return scaled;
        }

        @Override
        public Tensor widenBackward(Tensor input, Tensor... gradients) {
            // In the order of widen: what is random in the layers must be drawn in the same order again.
            Tensor byGate = gate.backward(input, gradients[0]);
            Tensor byUp = up.backward(input, gradients[1]);
            Tensor sum = byGate.add(byUp);
            byGate.close();
            byUp.close();
            return sum;
        }

        @Override
        public List<Tensor> parameters() {
            return Stream.of(gate, up, down).flatMap(linear -> linear.parameters().stream()).toList();
        }
    }
}
