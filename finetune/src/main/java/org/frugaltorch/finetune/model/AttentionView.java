package org.frugaltorch.finetune.model;

import java.util.Arrays;
import org.frugaltorch.tensor.Tensor;

/**
 * How one group of tokens takes part in attention: which keys its queries see, and by what its queries and keys are
 * turned. The same for all blocks of a run; from {@link TransformerStack#view}.
 *
 * @param mask from {@link AttentionMask}, or null
 * @param inOrder whether every query sees the keys up to its own index, which takes no mask
 * @param rotation by the tokens' positions; null in families that tell positions otherwise
 */
public record AttentionView(Tensor mask, boolean inOrder, RotaryEmbedding.Rotation rotation) {
    public AttentionView {
        if (inOrder && mask != null) {
            throw new IllegalArgumentException("Attention in order takes no mask");
        }
    }

    /** Queries or keys of the group as attention compares them: [B, T, heads, d] to the same. */
    public Tensor placed(Tensor heads) {
        return rotation == null ? heads : rotation.turn(heads);
    }

    /** The view of some rows of the batch; its tensors are views of this one's. */
    public AttentionView rows(long start, long count) {
        return over(mask == null ? null : mask.narrow(0, start, count),
                rotation == null ? null : rotation.cosine().narrow(0, start, count),
                rotation == null ? null : rotation.signedSine().narrow(0, start, count));
    }

    /** Given tensors, then this view's three, null where it has none: what a recomputed block reads. */
    public Tensor[] tensorsAfter(Tensor... first) {
        Tensor[] all = Arrays.copyOf(first, first.length + 3);
        all[first.length] = mask;
        all[first.length + 1] = rotation == null ? null : rotation.cosine();
        all[first.length + 2] = rotation == null ? null : rotation.signedSine();
        return all;
    }

    /** The same view over other handles of its tensors, as {@link #tensorsAfter} put them. */
    public AttentionView over(Tensor otherMask, Tensor cosine, Tensor signedSine) {
        return new AttentionView(otherMask, inOrder, rotation == null ? null : new RotaryEmbedding.Rotation(cosine, signedSine));
    }
}
