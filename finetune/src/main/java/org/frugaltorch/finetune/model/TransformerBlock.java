package org.frugaltorch.finetune.model;

import org.frugaltorch.nn.Norm;
import org.frugaltorch.tensor.Tensor;

/**
 * One block of a stack: it says what is computed, never which activations survive. Strategies put its parts together;
 * {@link #forward} is the plain way.
 *
 * @param layout where the norms stand
 * @param dropout probability on what attention and feed-forward network add
 */
public record TransformerBlock(
        SelfAttention attention, Norm attentionNorm, FeedForward feedForward, Norm feedForwardNorm, BlockLayout layout,
        double dropout) {

    /** What attention reads: the normed states of a pre-norm block, else the states themselves. [B, T, H] */
    public Tensor attentionInput(Tensor hiddenStates) {
        return layout.preNorm() ? attentionNorm.forward(hiddenStates) : hiddenStates;
    }

    /**
     * The whole block for tokens that look at given keys and values.
     *
     * @param hiddenStates of the tokens [B, P, H]
     * @param attentionInput of the same tokens, from {@link #attentionInput}
     * @param keyValue of all tokens that may be looked at
     * @param view of the asking tokens
     * @return new states [B, P, H]
     */
    public Tensor forward(
            Tensor hiddenStates, Tensor attentionInput, KeyValue keyValue, AttentionView view, ForwardMode mode) {
        Tensor attended = attend(hiddenStates, attentionInput, keyValue, view, mode);
        Tensor result = transform(attended, mode);
        attended.close();
        return result;
    }

    /** Attention with its residual sum and, in a post-norm block, its norm. [B, P, H] */
    public Tensor attend(
            Tensor hiddenStates, Tensor attentionInput, KeyValue keyValue, AttentionView view, ForwardMode mode) {
        return residual(hiddenStates, attention.forward(attentionInput, keyValue, view, mode), attentionNorm, mode);
    }

    /** The feed-forward network with its residual sum and norm. [B, P, H] */
    public Tensor transform(Tensor hiddenStates, ForwardMode mode) {
        if (!layout.preNorm()) {
            return residual(hiddenStates, feedForward.forward(hiddenStates), feedForwardNorm, mode);
        }
        Tensor normed = feedForwardNorm.forward(hiddenStates);
        Tensor added = feedForward.forward(normed);
        normed.close();
        return residual(hiddenStates, added, feedForwardNorm, mode);
    }

    private Tensor residual(Tensor hiddenStates, Tensor added, Norm norm, ForwardMode mode) {
        Tensor dropped = mode.dropout(added, dropout);
        Tensor sum = hiddenStates.add(dropped);
        dropped.close();
        added.close();
        if (layout.preNorm()) {
            return sum;
        }
        Tensor normed = norm.forward(sum);
        sum.close();
        return normed;
    }
}
