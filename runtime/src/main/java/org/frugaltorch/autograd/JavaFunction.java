package org.frugaltorch.autograd;

import java.util.List;
import org.frugaltorch.tensor.Tensor;

/**
 * A differentiable function written in Java, of one tensor: it computes its own gradient, and decides what is kept for
 * that. For several inputs or outputs see {@link JavaMultiFunction}.
 *
 * <pre>{@code
 * final class Square extends JavaFunction {
 *     protected Tensor forward(FunctionContext context, Tensor input) {
 *         context.save(input);
 *         return input.mul(input);
 *     }
 *
 *     protected Tensor backward(FunctionContext context, Tensor gradient) {
 *         return gradient.mul(context.saved(0)).mul(2);
 *     }
 * }
 * Tensor y = new Square().apply(x);
 * }</pre>
 *
 * <p>An instance holds no state of a call, so it may be applied any number of times, also by several threads and in
 * graphs that live at once. Both methods run with recording off and in a {@link org.frugaltorch.tensor.TensorScope} of
 * their own. Backward may run other functions, also record and run back a graph of its own in
 * {@link GradMode#enabled}; on a CUDA graph it runs on a thread of libtorch's. What it throws stops the backward pass
 * and comes out of {@link Backward}, the same instance. The gradient itself is a constant: there are no second
 * derivatives.
 */
public abstract class JavaFunction {
    private final FunctionBody body = new Body();

    /** For subclasses. */
    protected JavaFunction() {}

    /** Computes the output, and saves in {@code context} what backward needs. */
    protected abstract Tensor forward(FunctionContext context, Tensor input);

    /**
     * Computes the gradient of the loss by the input; adds those of parameters by {@link FunctionContext#accumulate}.
     *
     * @param gradient of the loss by the output
     * @return same shape as the input; null for none
     */
    protected abstract Tensor backward(FunctionContext context, Tensor gradient);

    /** Parameters that backward accumulates gradients for: they have one also when the input does not need its own. */
    protected List<Tensor> parameters() {
        return List.of();
    }

    /** Applies the function; recorded when the input or a parameter requires a gradient and {@link GradMode} is on. */
    public final Tensor apply(Tensor input) {
        return FunctionCall.apply(body, input)[0];
    }

    private final class Body implements FunctionBody {
        @Override
        public Tensor[] forward(FunctionContext context, Tensor[] inputs) {
            Tensor output = JavaFunction.this.forward(context, inputs[0]);
            return output == null ? null : new Tensor[] {output};
        }

        @Override
        public Tensor[] backward(FunctionContext context, Tensor[] gradients) {
            return new Tensor[] {JavaFunction.this.backward(context, gradients[0])};
        }

        @Override
        public List<Tensor> parameters() {
            return JavaFunction.this.parameters();
        }

        @Override
        public boolean trains() {
            return parameters().stream().anyMatch(Tensor::requiresGrad);
        }

        @Override
        public String name() {
            return JavaFunction.this.getClass().getSimpleName();
        }
    }
}
