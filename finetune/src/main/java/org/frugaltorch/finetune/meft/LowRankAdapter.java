package org.frugaltorch.finetune.meft;

import org.frugaltorch.finetune.model.BlockAdapter;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * A product of two narrow matrices; see {@link AdapterSettings.LowRank}.
 *
 * @param a [rank, H]
 * @param b [H, rank]
 * @param scale of the product
 * @param dropout probability on the input
 */
record LowRankAdapter(Tensor a, Tensor b, double scale, double dropout) implements BlockAdapter {
    @Override
    public Tensor apply(Tensor input, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open()) {
            DType type = input.dtype();
            Tensor narrow = Functional.linear(mode.dropout(input, dropout), a.to(type), null); // [B, T, rank]
            return scope.promote(Functional.linear(narrow, b.to(type), null).mul(scale));
        }
    }
}
