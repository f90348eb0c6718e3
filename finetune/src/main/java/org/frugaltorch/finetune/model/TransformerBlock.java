package org.frugaltorch.finetune.model;

import java.util.List;
import java.util.stream.Stream;
import org.frugaltorch.nn.Norm;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * One block of a stack: it says what is computed, never which activations survive. Strategies put its parts together;
 * {@link #forward} is the plain way.
 *
 * @param layout where the norms stand
 * @param dropout probability on what attention and feed-forward network add
 * @param crossAttention to an encoder's states, between the two; or null
 */
public record TransformerBlock(
        SelfAttention attention, Norm attentionNorm, FeedForward feedForward, Norm feedForwardNorm, BlockLayout layout,
        double dropout, CrossAttention crossAttention) {

    /** The same block, looking at an encoder's states. */
    TransformerBlock attendingTo(CrossAttention.Memory memory) {
        return new TransformerBlock(attention, attentionNorm, feedForward, feedForwardNorm, layout, dropout,
                crossAttention == null ? null : crossAttention.over(memory));
    }

    /** The same block for some rows of a batch: where it looks at an encoder's states, at those of these rows. */
    public TransformerBlock rows(long start, long count) {
        return crossAttention == null || crossAttention.memory() == null
                ? this
                : attendingTo(crossAttention.memory().rows(start, count));
    }

    /** What may be trained. */
    public List<Tensor> parameters() {
        return Stream.of(attention.parameters(), attentionNorm.parameters(),
                crossAttention == null ? List.<Tensor>of() : crossAttention.parameters(), feedForward.parameters(),
                feedForwardNorm.parameters()).flatMap(List::stream).toList();
    }

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

    /** Attention with its residual sum and, in a post-norm block, its norm; likewise to an encoder. [B, P, H] */
    public Tensor attend(
            Tensor hiddenStates, Tensor attentionInput, KeyValue keyValue, AttentionView view, ForwardMode mode) {
        return attend(hiddenStates, attentionInput, keyValue, view, mode, null);
    }

    /**
     * The same with an adapter behind attention, which reads what attention adds and adds to it in turn.
     *
     * @param adapter or null
     */
    public Tensor attend(
            Tensor hiddenStates, Tensor attentionInput, KeyValue keyValue, AttentionView view, ForwardMode mode,
            BlockAdapter adapter) {
        Tensor added = dropped(attention.forward(attentionInput, keyValue, view, mode), mode);
        Tensor more = adapter == null ? null : adapter.apply(added, mode);
        Tensor attended = residual(hiddenStates, added, more, attentionNorm);
        if (crossAttention == null) {
            return attended;
        }
        Tensor result = residual(attended, dropped(fromEncoder(attended, mode), mode), null, crossAttention.norm());
        attended.close();
        return result;
    }

    /** What the tokens gather from an encoder's states, before any residual sum. [B, P, H] */
    private Tensor fromEncoder(Tensor hiddenStates, ForwardMode mode) {
        if (!layout.preNorm()) {
            return crossAttention.forward(hiddenStates, mode);
        }
        Tensor normed = crossAttention.norm().forward(hiddenStates);
        Tensor gathered = crossAttention.forward(normed, mode);
        normed.close();
        return gathered;
    }

    /** The feed-forward network with its residual sum and norm. [B, P, H] */
    public Tensor transform(Tensor hiddenStates, ForwardMode mode) {
        return transform(hiddenStates, mode, null);
    }

    /**
     * The same with an adapter beside the feed-forward network, which reads what that reads.
     *
     * @param adapter or null
     */
    public Tensor transform(Tensor hiddenStates, ForwardMode mode, BlockAdapter adapter) {
        Tensor input = layout.preNorm() ? feedForwardNorm.forward(hiddenStates) : hiddenStates;
        Tensor added = dropped(feedForward.forward(input, mode), mode);
        Tensor more = adapter == null ? null : adapter.apply(input, mode);
        if (layout.preNorm()) {
            input.close();
        }
        return residual(hiddenStates, added, more, feedForwardNorm);
    }

    /**
     * The rest of the block from what attention gathered, with few activations kept.
     *
     * @param hiddenStates of the tokens [B, P, H]
     * @param gathered from {@link SelfAttention#gather} [B, P, A * d]
     * @return new states [B, P, H]
     */
    public Tensor finishLean(Tensor hiddenStates, Tensor gathered, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor sum = hiddenStates.add(mode.dropout(attention.output().forward(gathered), dropout));
            Norm norm = attentionNorm;
            if (crossAttention != null) {
                Tensor attended = layout.preNorm() ? sum : attentionNorm.forward(sum);
                sum = attended.add(mode.dropout(fromEncoder(attended, mode), dropout));
                norm = crossAttention.norm();
            }
            Tensor[] normedAndAdded =
                    new LeanFeedForward(layout.preNorm() ? feedForwardNorm : norm, feedForward, mode).apply(sum);
            Tensor base = layout.preNorm() ? sum : normedAndAdded[0];
            Tensor result = base.add(mode.dropout(normedAndAdded[1], dropout));
            return scope.promote(layout.preNorm() ? result : feedForwardNorm.forward(result));
        }
    }

    private Tensor dropped(Tensor added, ForwardMode mode) {
        Tensor result = mode.dropout(added, dropout);
        if (result != added) {
            added.close();
        }
        return result;
    }

    /** @param more from an adapter, or null */
    private Tensor residual(Tensor hiddenStates, Tensor added, Tensor more, Norm norm) {
        Tensor sum = hiddenStates.add(added);
        added.close();
        if (more != null) {
            Tensor without = sum;
            sum = without.add(more);
            without.close();
            more.close();
        }
        if (layout.preNorm()) {
            return sum;
        }
        Tensor normed = norm.forward(sum);
        sum.close();
        return normed;
    }
}
