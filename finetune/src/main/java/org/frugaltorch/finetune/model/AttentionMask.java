package org.frugaltorch.finetune.model;

import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;

/**
 * Which keys a query may look at, as numbers added to the scores: 0 where it may, minus infinity where not. Decided by
 * the tokens' positions in their sequence, never by their slot, so groups may be in any order.
 */
public final class AttentionMask {
    private AttentionMask() {}

    /**
     * The mask of one group of queries over the keys of one or more groups, in that order.
     *
     * @return [B, 1, 1, K] or, where order matters, [B, 1, Q, K]; null when every query may see every key
     */
    public static Tensor additive(boolean causal, TokenGroup queries, DType type, TokenGroup... keys) {
        int keyWidth = 0;
        boolean padded = false;
        for (TokenGroup group : keys) {
            keyWidth += group.width();
            for (boolean valid : group.valid()) {
                padded |= !valid;
            }
        }
        if (!causal && !padded) {
            return null;
        }
        int queryWidth = causal ? queries.width() : 1;
        float[] mask = new float[Math.multiplyExact(Math.multiplyExact(queries.rows(), queryWidth), keyWidth)];
        int cell = 0;
        for (int row = 0; row < queries.rows(); row++) {
            for (int query = 0; query < queryWidth; query++) {
                long position = queries.positions()[row * queries.width() + query];
                for (TokenGroup group : keys) {
                    for (int key = row * group.width(); key < (row + 1) * group.width(); key++) {
                        boolean seen = group.valid()[key] && (!causal || group.positions()[key] <= position);
                        mask[cell++] = seen ? 0 : Float.NEGATIVE_INFINITY;
                    }
                }
            }
        }
        return Tensors.of(mask, queries.rows(), 1, queryWidth, keyWidth).to(type);
    }
}
