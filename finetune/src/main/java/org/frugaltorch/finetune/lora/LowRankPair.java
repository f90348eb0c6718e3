package org.frugaltorch.finetune.lora;

import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * The two matrices of an adapter on one layer. The scale meets the narrow side of the product, forward and backward, where
 * there are few numbers.
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
            Tensor narrow = Functional.linear(dropped, a.to(type), null).mul(scale); // [.., rank]
            Tensor wide = Functional.linear(narrow, b.to(type), null); // [.., out]
            return scope.promote(output.add(wide, 1));
        }
    }

    /**
     * The gradient of what {@link #addTo} adds; adds to those of the matrices. Draws the dropped inputs as addTo did, if the
     * generator stands where it did.
     *
     * @param input a constant [.., in]
     * @param gradient of the loss by the layer's output [.., out]
     * @return of the loss by the input [.., in]
     */
    Tensor backward(Tensor input, Tensor gradient, boolean training) {
        try (TensorScope scope = TensorScope.open()) {
            DType type = input.dtype();
            boolean drops = training && dropout > 0;
            Tensor leaf = input.detach().setRequiresGrad(drops);
            Tensor dropped = drops ? dropped(leaf) : leaf;
            Tensor rows = dropped.detach().reshape(-1, a.size(1)); // [N, in]
            Tensor byWide = gradient.reshape(-1, b.size(0)); // [N, out]
            Tensor narrowA = a.detach().to(type);
            Tensor byNarrow = byWide.matmul(b.detach().to(type)).mul(scale); // [N, rank]
            if (b.requiresGrad()) {
                Tensor narrow = Functional.linear(rows, narrowA, null).mul(scale); // [N, rank]
                Backward.accumulate(b, byWide.transpose(0, 1).matmul(narrow).to(b.dtype()));
            }
            if (a.requiresGrad()) {
                Backward.accumulate(a, byNarrow.transpose(0, 1).matmul(rows).to(a.dtype()));
            }
            Tensor byDropped = byNarrow.matmul(narrowA).reshape(input.shape());
            if (!drops) {
                return scope.promote(byDropped);
            }
            Backward.run(dropped, byDropped);
            return scope.promote(leaf.grad());
        }
    }

    private Tensor dropped(Tensor leaf) {
        try (GradMode on = GradMode.enabled()) {
            return Functional.dropout(leaf, dropout);
        }
    }

    /** What the adapter adds to the layer's matrix: [out, in], outside the graph. */
    Tensor delta(DType type) {
        try (TensorScope scope = TensorScope.open()) {
            return scope.promote(b.detach().to(type).matmul(a.detach().to(type)).mul(scale));
        }
    }
}
