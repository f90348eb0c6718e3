package org.frugaltorch.nn;

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
    }
}
