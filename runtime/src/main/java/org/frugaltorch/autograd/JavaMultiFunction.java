package org.frugaltorch.autograd;

import java.util.List;
import org.frugaltorch.tensor.Tensor;

/**
 * A differentiable function written in Java, of any number of tensors to any number of tensors; otherwise like
 * {@link JavaFunction}. Inputs may be of different shapes, types and devices, any of them may require a gradient or
 * not, and null stands for an input that is not given.
 */
public abstract class JavaMultiFunction {
    private final FunctionBody body = new Body();

    /** For subclasses. */
    protected JavaMultiFunction() {}

    /** Computes the outputs, at least one, and saves in {@code context} what backward needs. */
    protected abstract Tensor[] forward(FunctionContext context, Tensor... inputs);

    /**
     * Computes the gradients of the loss by the inputs; adds those of parameters by {@link FunctionContext#accumulate}.
     *
     * @param gradients of the loss by each output; null for an output that the loss does not depend on
     * @return one for every input, of its shape; null for none, or where {@link FunctionContext#needsGradient} says no
     */
    protected abstract Tensor[] backward(FunctionContext context, Tensor... gradients);

    /** Parameters that backward accumulates gradients for: they have one also when no input needs its own. */
    protected List<Tensor> parameters() {
        return List.of();
    }

    /** Applies the function; recorded when an input or a parameter requires a gradient and {@link GradMode} is on. */
    public final Tensor[] apply(Tensor... inputs) {
        return FunctionCall.apply(body, inputs);
    }

    private final class Body implements FunctionBody {
        @Override
        public Tensor[] forward(FunctionContext context, Tensor[] inputs) {
            return JavaMultiFunction.this.forward(context, inputs);
        }

        @Override
        public Tensor[] backward(FunctionContext context, Tensor[] gradients) {
            return JavaMultiFunction.this.backward(context, gradients);
        }

        @Override
        public List<Tensor> parameters() {
            return JavaMultiFunction.this.parameters();
        }

        @Override
        public boolean trains() {
            return parameters().stream().anyMatch(Tensor::requiresGrad);
        }

        @Override
        public String name() {
            return JavaMultiFunction.this.getClass().getSimpleName();
        }
    }
}
