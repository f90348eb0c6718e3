package org.frugaltorch.finetune.meft;

import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.train.Seeds;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Both streams of every group of tokens as ordinary hidden states, for layers that keep their activations. They compute
 * what the reversible ones do.
 *
 * @param first [B, P, H] a group
 * @param second [B, P, H] a group
 */
record TwoStreams(Tensor[] first, Tensor[] second) {
    /** Both begin as the same states. */
    static TwoStreams of(Tensor[] states) {
        Tensor[] other = new Tensor[states.length];
        for (int group = 0; group < other.length; group++) {
            other[group] = states[group].alias();
        }
        return new TwoStreams(states, other);
    }

    /** The streams after a layer, in the innermost scope. */
    TwoStreams after(Coupling coupling, AttentionView[] views, ForwardMode mode) {
        Tensor[] newFirst = coupled(coupling.first(), first, second, views, mode);
        Tensor[] newSecond = coupled(coupling.second(), second, newFirst, views, mode);
        return coupling.exchanges() ? new TwoStreams(newSecond, newFirst) : new TwoStreams(newFirst, newSecond);
    }

    private static Tensor[] coupled(
            Coupling.Part part, Tensor[] changed, Tensor[] read, AttentionView[] views, ForwardMode mode) {
        if (mode.training()) {
            Engine.seed(Seeds.of(mode.seed(), part.layer(), part.role(), 0));
        }
        try (TensorScope scope = TensorScope.open()) {
            Tensor[] additions = part.network().apply(read, views, mode);
            Tensor[] result = new Tensor[changed.length];
            result[0] = scope.promote(changed[0].mul(part.factor().value()).add(additions[0]));
            try (GradMode off = GradMode.disabled()) {
                for (int group = 1; group < result.length; group++) {
                    result[group] = scope.promote(changed[group].mul(part.factor().value()).add(additions[group]));
                }
            }
            return result;
        }
    }

    /** The means of both streams, by group. */
    Tensor[] means() {
        Tensor[] means = new Tensor[first.length];
        for (int group = 0; group < means.length; group++) {
            try (TensorScope scope = TensorScope.open()) {
                means[group] = scope.promote(first[group].add(second[group]).mul(0.5));
            }
        }
        return means;
    }

    /** Hands all tensors to the enclosing scope. */
    TwoStreams promoted(TensorScope scope) {
        for (int group = 0; group < first.length; group++) {
            scope.promote(first[group]);
            scope.promote(second[group]);
        }
        return this;
    }

    /** The streams as a function takes them: group after group. */
    Tensor[] interleaved() {
        Tensor[] all = new Tensor[2 * first.length];
        for (int group = 0; group < first.length; group++) {
            all[2 * group] = first[group];
            all[2 * group + 1] = second[group];
        }
        return all;
    }

    /** Releases the handles; what autograd saved stays. */
    void close() {
        for (Tensor tensor : interleaved()) {
            tensor.close();
        }
    }
}
