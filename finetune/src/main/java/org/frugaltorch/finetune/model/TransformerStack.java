package org.frugaltorch.finetune.model;

import java.util.Arrays;
import java.util.List;
import org.frugaltorch.nn.Norm;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;

/**
 * Embeddings and blocks of a model, for strategies to run.
 *
 * @param finalNorm after the last block, or null
 */
public record TransformerStack(
        TransformerConfig config, Embeddings embeddings, List<TransformerBlock> blocks, Norm finalNorm) {

    /** Applies the final norm where the family has one. [B, P, H] */
    public Tensor finish(Tensor hiddenStates) {
        return finalNorm == null ? hiddenStates : finalNorm.forward(hiddenStates);
    }

    /** The mask of {@code queries} over {@code keys}; see {@link AttentionMask}. */
    public Tensor mask(TokenGroup queries, TokenGroup... keys) {
        return AttentionMask.additive(config.layout(), queries, dtype(), keys);
    }

    /**
     * How {@code queries} take part in attention over all {@code keys}. A causal model over whole sequences needs no mask:
     * padding on the right comes after every real token.
     */
    public AttentionView view(TokenGroup queries, TokenGroup... keys) {
        long length = 1 + Arrays.stream(keys).flatMapToLong(TokenGroup::validPositions).max().orElse(0);
        RotaryEmbedding.Rotation rotation =
                config.rotary() == null ? null : config.rotary().rotation(queries, length, dtype());
        BlockLayout layout = config.layout();
        boolean inOrder = layout.causal() && keys.length == 1 && keys[0] == queries && queries.isWholePrefix()
                && (layout.window() == 0 || queries.width() <= layout.window());
        return new AttentionView(inOrder ? null : mask(queries, keys), inOrder, rotation);
    }

    private DType dtype() {
        return embeddings.word().dtype();
    }
}
