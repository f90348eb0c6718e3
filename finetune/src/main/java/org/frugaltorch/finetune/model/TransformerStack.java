package org.frugaltorch.finetune.model;

import java.util.Arrays;
import java.util.List;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.Norm;
import org.frugaltorch.tensor.Tensor;

/**
 * Embeddings and blocks of a model, for strategies to run.
 *
 * @param finalNorm after the last block, or null
 * @param finalProjection from H to the size of words, after the norm; null where they are one
 */
public record TransformerStack(
        TransformerConfig config, Embeddings embeddings, List<TransformerBlock> blocks, Norm finalNorm,
        Linear finalProjection) implements Backbone {

    /** Applies final norm and projection where the family has them. [B, P, H] to [B, P, word size] */
    public Tensor finish(Tensor hiddenStates) {
        Tensor normed = finalNorm == null ? hiddenStates : finalNorm.forward(hiddenStates);
        return finalProjection == null ? normed : finalProjection.forward(normed);
    }

    /** The same stack, its blocks looking at an encoder's states. */
    public TransformerStack attendingTo(CrossAttention.Memory memory) {
        return new TransformerStack(config, embeddings,
                blocks.stream().map(block -> block.attendingTo(memory)).toList(), finalNorm, finalProjection);
    }

    @Override
    public StackOutput run(ActivationStrategy strategy, TokenBatch batch, ForwardMode mode, FinalStates wanted) {
        return strategy.run(this, batch, mode, wanted);
    }

    @Override
    public TransformerStack stack() {
        return this;
    }

    @Override
    public List<TransformerStack> stacks() {
        return List.of(this);
    }

    /** The mask of {@code queries} over {@code keys}; see {@link AttentionMask}. */
    public Tensor mask(TokenGroup queries, TokenGroup... keys) {
        return AttentionMask.additive(config.layout(), queries, embeddings.dtype(), embeddings.device(), keys);
    }

    /**
     * How {@code queries} take part in attention over all {@code keys}. A causal model over whole sequences needs no mask:
     * padding on the right comes after every real token.
     */
    public AttentionView view(TokenGroup queries, TokenGroup... keys) {
        long length = 1 + Arrays.stream(keys).flatMapToLong(TokenGroup::validPositions).max().orElse(0);
        RotaryEmbedding.Rotation rotation =
                config.rotary() == null ? null
                        : config.rotary().rotation(queries, length, embeddings.dtype(), embeddings.device());
        BlockLayout layout = config.layout();
        boolean inOrder = layout.causal() && keys.length == 1 && keys[0] == queries && queries.isWholePrefix()
                && (layout.window() == 0 || queries.width() <= layout.window());
        return new AttentionView(inOrder ? null : mask(queries, keys), inOrder, rotation);
    }
}
