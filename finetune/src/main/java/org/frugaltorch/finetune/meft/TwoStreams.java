package org.frugaltorch.finetune.meft;

import java.util.Arrays;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.model.ReadTokens;
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

    /** The streams after a layer, of the tokens that are read of it, in the innermost scope. */
    TwoStreams after(Coupling coupling, Pass pass) {
        Tensor[] newFirst = coupled(coupling.first(), first, second, coupling.read(), pass);
        Tensor[] newSecond = coupled(coupling.second(), second, newFirst, coupling.read(), pass);
        newFirst = likeOther(newFirst, newSecond, coupling.read());
        return coupling.exchanges() ? new TwoStreams(newSecond, newFirst) : new TwoStreams(newFirst, newSecond);
    }

    /** What the network reads is of the type of hidden states, whatever that of the streams. */
    private static Tensor[] coupled(Coupling.Part part, Tensor[] changed, Tensor[] read, ReadTokens ofThem, Pass pass) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor[] states = Arrays.stream(read).map(stream -> stream.to(pass.type())).toArray(Tensor[]::new);
            Tensor[] additions = part.run(states, pass);
            Tensor[] kept = likeOther(changed, additions, ofThem);
            Tensor[] result = new Tensor[additions.length];
            result[0] = scope.promote(kept[0].mul(part.factor().value()).add(additions[0]));
            try (GradMode off = GradMode.disabled()) {
                for (int group = 1; group < result.length; group++) {
                    result[group] = scope.promote(kept[group].mul(part.factor().value()).add(additions[group]));
                }
            }
            return result;
        }
    }

    /** A stream of all tokens as one of those that another one is of: the same ones, or those that are read. */
    private static Tensor[] likeOther(Tensor[] stream, Tensor[] other, ReadTokens read) {
        boolean alike = stream.length == other.length && stream[0].size(1) == other[0].size(1);
        return alike ? stream : new Tensor[] {read.of(stream[0])};
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
