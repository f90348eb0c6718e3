package org.frugaltorch.finetune.quant;

import java.util.List;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.FunctionContext;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.autograd.JavaFunction;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * A frozen matrix in four bits. It is restored for each product and released right after, in the forward pass and again
 * in the backward pass: between the two, nothing is kept but the codes that are there anyway.
 */
public final class FourBitWeight implements LinearWeight {
    private final QuantisedMatrix matrix;
    private final DType computeType;

    /**
     * A weight over a quantised matrix.
     *
     * @param computeType that the matrix is restored to and inputs are multiplied in; results have the type of the input
     */
    public FourBitWeight(QuantisedMatrix matrix, DType computeType) {
        this.matrix = matrix;
        this.computeType = computeType;
    }

    /** What is kept. */
    public QuantisedMatrix matrix() {
        return matrix;
    }

    /** The type that products are computed in. */
    public DType computeType() {
        return computeType;
    }

    @Override
    public Tensor apply(Tensor input, Tensor bias) {
        return new Product(bias).apply(input);
    }

    @Override
    public Tensor toDense(DType type) {
        return matrix.dequantise(type);
    }

    @Override
    public long inFeatures() {
        return matrix.columns();
    }

    @Override
    public long outFeatures() {
        return matrix.rows();
    }

    @Override
    public List<Tensor> parameters() {
        return List.of();
    }

    @Override
    public Tensor backward(Tensor input, Tensor bias, Tensor gradient) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            addToBias(bias, gradient);
            return scope.promote(byInput(gradient));
        }
    }

    private void addToBias(Tensor bias, Tensor gradient) {
        if (bias != null && bias.requiresGrad()) {
            try (TensorScope scope = TensorScope.open()) {
                Backward.accumulate(bias, gradient.reshape(-1, outFeatures()).sum(0, false).to(bias.dtype()));
            }
        }
    }

    private Tensor byInput(Tensor gradient) {
        return gradient.to(computeType).matmul(matrix.dequantise(computeType)).to(gradient.dtype());
    }

    /** {@code y = x W^T + b}, with gradients by {@code x} and {@code b}. */
    private final class Product extends JavaFunction {
        private final Tensor bias;

        Product(Tensor bias) {
            this.bias = bias;
        }

        @Override
        protected List<Tensor> parameters() {
            return bias == null ? List.of() : List.of(bias);
        }

        @Override
        protected Tensor forward(FunctionContext context, Tensor input) {
            Tensor wideBias = bias == null ? null : bias.to(computeType);
            return Functional.linear(input.to(computeType), matrix.dequantise(computeType), wideBias).to(input.dtype());
        }

        @Override
        protected Tensor backward(FunctionContext context, Tensor gradient) {
            addToBias(bias, gradient);
            return context.needsGradient(0) ? byInput(gradient) : null;
        }
    }
}
