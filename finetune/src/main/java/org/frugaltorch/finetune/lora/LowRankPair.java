package org.frugaltorch.finetune.lora;

import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * The two matrices of an adapter on one layer.
 *
 * @param a [rank, in]
 * @param b [out, rank]
 * @param scale of their product
 * @param dropout probability on the input
 */
record LowRankPair(Tensor a, Tensor b, double scale, double dropout) {

    /**
     * {@code output + scale * dropout(input) A^T B^T}, computed in the type of the input.
     *
     * @param output of the layer without the adapter [.., out]
     * @param input [.., in]
     */
    Tensor addTo(Tensor output, Tensor input, boolean training) {
        try (TensorScope scope = TensorScope.open()) {
            DType type = input.dtype();
            Tensor dropped = training ? Functional.dropout(input, dropout) : input;
            Tensor narrow = Functional.linear(dropped, a.to(type), null); // [.., rank]
            Tensor wide = Functional.linear(narrow, b.to(type), null); // [.., out]
            return scope.promote(output.add(wide, scale));
        }
    }

    /** What the adapter adds to the layer's matrix: [out, in], outside the graph. */
    Tensor delta(DType type) {
        try (TensorScope scope = TensorScope.open()) {
            return scope.promote(b.detach().to(type).matmul(a.detach().to(type)).mul(scale));
        }
    }
}
