package org.frugaltorch.finetune.model;

import java.util.List;
import org.frugaltorch.nn.Norm;
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
        return AttentionMask.additive(config.layout().causal(), queries, embeddings.word().dtype(), keys);
    }
}
