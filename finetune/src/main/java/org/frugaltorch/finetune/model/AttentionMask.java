package org.frugaltorch.finetune.model;

import java.util.Arrays;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Which keys a query may look at, as numbers added to the scores: 0 where it may, minus infinity where not. Decided by
 * the tokens' positions in their sequence, never by their slot, so groups may be in any order.
 */
final class AttentionMask {
    private AttentionMask() {}

    /**
     * The mask of one group of queries over the keys of one or more groups, in that order.
     *
     * @param layout whether order matters, and how far back a query sees
     * @return [B, 1, 1, K] or, where order matters, [B, 1, Q, K]; null when every query may see every key
     */
    public static Tensor additive(BlockLayout layout, TokenGroup queries, DType type, Device device, TokenGroup... keys) {
        boolean ordered = layout.causal() && !seesAll(layout, queries, keys);
        boolean padded = Arrays.stream(keys).anyMatch(TokenGroup::isPadded);
        if (!ordered && !padded) {
            return null;
        }
        try (TensorScope scope = TensorScope.open()) {
            Tensor seen = padded ? valid(keys, device) : null; // [B, 1, 1, K]
            if (ordered) {
                Tensor positions = positions(keys, device); // [B, 1, 1, K]
                seen = and(seen, positions.le(asking(queries, 0, device))); // [B, 1, Q, K]
                if (layout.window() > 0) {
                    seen = and(seen, positions.gt(asking(queries, layout.window(), device)));
                }
            }
            Tensor hidden = seen.not();
            seen.close();
            Tensor zeros = Tensors.zeros(type, device, hidden.shape());
            return scope.promote(zeros.maskedFill(hidden, Double.NEGATIVE_INFINITY));
        }
    }

    /** Whether the causal rule and the window hide nothing, as for a single query after all keys. */
    private static boolean seesAll(BlockLayout layout, TokenGroup queries, TokenGroup[] keys) {
        long first = queries.validPositions().min().orElse(0);
        long last = queries.validPositions().max().orElse(0);
        return Arrays.stream(keys).flatMapToLong(TokenGroup::validPositions)
                .allMatch(key -> key <= first && (layout.window() == 0 || key > last - layout.window()));
    }

    private static Tensor and(Tensor first, Tensor second) {
        if (first == null) {
            return second;
        }
        Tensor both = first.and(second);
        first.close();
        second.close();
        return both;
    }

    /** Positions of the queries minus {@code back}, [B, 1, Q, 1]. */
    private static Tensor asking(TokenGroup queries, long back, Device device) {
        long[] positions = Arrays.stream(queries.positions()).map(position -> position - back).toArray();
        return Tensors.of(positions, queries.rows(), 1, queries.width(), 1).to(device);
    }

    private static Tensor positions(TokenGroup[] keys, Device device) {
        Tensor[] parts = Arrays.stream(keys).map(group -> group.positionTensor(device)).toArray(Tensor[]::new);
        return joined(parts);
    }

    private static Tensor valid(TokenGroup[] keys, Device device) {
        Tensor[] parts = Arrays.stream(keys)
                .map(group -> Tensors.of(group.valid(), group.rows(), group.width()).to(device))
                .toArray(Tensor[]::new);
        return joined(parts);
    }

    private static Tensor joined(Tensor[] parts) {
        return Tensors.cat(1, parts).unsqueeze(1).unsqueeze(1);
    }
}
