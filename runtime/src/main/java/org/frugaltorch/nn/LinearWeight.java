package org.frugaltorch.nn;

import java.util.List;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * How a linear layer's matrix is kept and multiplied with. The layer does not know: a dense matrix, a quantised one, or
 * either with a low-rank adapter on top are all weights to it.
 */
public interface LinearWeight {
    /**
     * {@code input * W^T + bias}.
     *
     * @param input [.., in]
     * @param bias [out], or null
     * @return [.., out]
     */
    Tensor apply(Tensor input, Tensor bias);

    /** The matrix that this weight multiplies with, as a new plain tensor [out, in] outside the graph. */
    Tensor toDense(DType type);

    /** Length of the last dimension of inputs. */
    long inFeatures();

    /** Length of the last dimension of results. */
    long outFeatures();

    /** The tensors that this weight consists of and that may be trained; those of quantised weights never are. */
    List<Tensor> parameters();

    /**
     * The gradient of {@link #apply}, for functions that compute theirs in Java: adds to the gradients of everything that
     * is trained in this weight. Weights that know no shorter way go forward once more and back, and then draw the same
     * random numbers as apply did if the caller saw to the generator.
     *
     * @param input a constant [.., in]
     * @param bias [out], or null; its gradient is added to as well
     * @param gradient of the loss by what apply returned [.., out]
     * @return of the loss by the input [.., in]
     */
    default Tensor backward(Tensor input, Tensor bias, Tensor gradient) {
        try (TensorScope scope = TensorScope.open();
                GradMode on = GradMode.enabled()) {
            Tensor leaf = input.detach().setRequiresGrad(true);
            Backward.run(apply(leaf, bias), gradient);
            return scope.promote(leaf.grad());
        }
    }

    /** A plain matrix [out, in]. */
    record Dense(Tensor matrix) implements LinearWeight {
        @Override
        public Tensor apply(Tensor input, Tensor bias) {
            return Functional.linear(input, matrix, bias);
        }

        @Override
        public Tensor toDense(DType type) {
            try (TensorScope scope = TensorScope.open()) {
                return scope.promote(Tensors.empty(type, matrix.device(), matrix.shape()).copyInPlace(matrix.detach()));
            }
        }

        @Override
        public long inFeatures() {
            return matrix.size(1);
        }

        @Override
        public long outFeatures() {
            return matrix.size(0);
        }

        @Override
        public List<Tensor> parameters() {
            return List.of(matrix);
        }

        @Override
        public Tensor backward(Tensor input, Tensor bias, Tensor gradient) {
            try (TensorScope scope = TensorScope.open();
                    GradMode off = GradMode.disabled()) {
                Tensor rows = gradient.reshape(-1, outFeatures()); // [N, out]
                if (matrix.requiresGrad()) {
                    Backward.accumulate(matrix, rows.transpose(0, 1).matmul(input.reshape(-1, inFeatures())));
                }
                if (bias != null && bias.requiresGrad()) {
                    Backward.accumulate(bias, rows.sum(0, false));
                }
                return scope.promote(gradient.matmul(matrix));
            }
        }
    }
}
