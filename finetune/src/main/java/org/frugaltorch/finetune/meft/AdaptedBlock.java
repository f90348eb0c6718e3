package org.frugaltorch.finetune.meft;

import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.BlockAdapter;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.KeyValue;
import org.frugaltorch.finetune.model.ReadTokens;
import org.frugaltorch.finetune.model.TransformerBlock;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * A block with its adapters, taken apart into sub-networks. Those include the block's residual sums and norms.
 *
 * @param slice rows of the batch that it is for
 * @param lookedAt makes keys and values of its tokens those of all that they look at
 * @param read the tokens of the first group that attention computes; null for all of every group
 */
record AdaptedBlock(
        TransformerBlock block, Adapters adapters, Slice slice, UnaryOperator<KeyValue> lookedAt, ReadTokens read) {
    /**
     * Adapters of a block.
     *
     * @param behindAttention in the attention part, or null
     * @param besideFeedForward in the feed-forward part, or null
     * @param alone one that is a sub-network of its own, or null
     */
    record Adapters(BlockAdapter behindAttention, BlockAdapter besideFeedForward, BlockAdapter alone) {
        /** Of a block as it was pretrained. */
        static final Adapters NONE = new Adapters(null, null, null);
    }

    SubNetwork whole() {
        return (states, views, mode) -> {
            try (TensorScope scope = TensorScope.open()) {
                Tensor[] attended = attend(states, views, mode);
                Tensor[] results = transform(attended, mode);
                for (Tensor result : results) {
                    scope.promote(result);
                }
                return results;
            }
        };
    }

    SubNetwork attention() {
        return this::attend;
    }

    SubNetwork feedForward() {
        return (states, views, mode) -> transform(states, mode);
    }

    SubNetwork adapterAlone() {
        return (states, views, mode) -> each(states, state -> adapters.alone.apply(state, mode));
    }

    private Tensor[] attend(Tensor[] states, AttentionView[] views, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open()) {
            // As the caller records: gradients of states that the block looks at come through these views of them.
            TransformerBlock ofRows = block.rows(slice.start(), slice.rows());
            // Handles of their own: where attention reads the states themselves, the caller's must stay where they are.
            Tensor[] inputs = each(states, state -> block.attentionInput(state).alias());
            KeyValue keyValue = states.length == 1
                    ? lookedAt.apply(block.attention().keyValue(inputs[0], views[0]))
                    : KeyValue.joined(constants(inputs[1], views[1]), block.attention().keyValue(inputs[0], views[0]));
            if (read != null) {
                return new Tensor[] {scope.promote(ofRows.attend(read.of(states[0]), read.of(inputs[0]), keyValue, read.view(),
                        mode, adapters.behindAttention))};
            }
            Tensor[] results = new Tensor[states.length];
            results[0] = ofRows.attend(states[0], inputs[0], keyValue, views[0], mode, adapters.behindAttention);
            if (states.length > 1) {
                try (GradMode off = GradMode.disabled()) {
                    results[1] = ofRows.attend(states[1], inputs[1], keyValue.detached(), views[1], mode, adapters.behindAttention);
                }
            }
            for (Tensor result : results) {
                scope.promote(result);
            }
            return results;
        }
    }

    private KeyValue constants(Tensor input, AttentionView view) {
        try (GradMode off = GradMode.disabled()) {
            return block.attention().keyValue(input, view);
        }
    }

    private Tensor[] transform(Tensor[] states, ForwardMode mode) {
        return each(states, state -> block.transform(state, mode, adapters.besideFeedForward));
    }

    /** Of the first group as the caller wants it, of others without recording. */
    private static Tensor[] each(Tensor[] states, Function<Tensor, Tensor> computation) {
        Tensor[] results = new Tensor[states.length];
        results[0] = computation.apply(states[0]);
        for (int i = 1; i < states.length; i++) {
            try (GradMode off = GradMode.disabled()) {
                results[i] = computation.apply(states[i]);
            }
        }
        return results;
    }
}
