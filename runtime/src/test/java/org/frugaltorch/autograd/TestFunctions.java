package org.frugaltorch.autograd;

import java.util.List;
import java.util.function.Supplier;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;

/** Functions in Java whose gradients libtorch knows too. */
final class TestFunctions {
    private TestFunctions() {}

    /** x W^T; accumulates the gradient of W itself. */
    record LinearWeights(Tensor weight) {
        JavaFunction function() {
            return new JavaFunction() {
                @Override
                protected Tensor forward(FunctionContext context, Tensor input) {
                    context.save(input);
                    return Functional.linear(input, weight, null);
                }

                @Override
                protected Tensor backward(FunctionContext context, Tensor gradient) {
                    context.accumulate(weight, gradient.transpose(0, 1).matmul(context.saved(0)));
                    return gradient.matmul(weight);
                }

                @Override
                protected List<Tensor> parameters() {
                    return List.of(weight);
                }
            };
        }
    }

    /** x^2, which throws what it is told to. */
    static JavaFunction square(Supplier<RuntimeException> inForward, Supplier<RuntimeException> inBackward) {
        return new JavaFunction() {
            @Override
            protected Tensor forward(FunctionContext context, Tensor input) {
                context.save(input);
                throwIfAny(inForward.get());
                return input.mul(input);
            }

            @Override
            protected Tensor backward(FunctionContext context, Tensor gradient) {
                throwIfAny(inBackward.get());
                return gradient.mul(context.saved(0)).mul(2);
            }
        };
    }

    static JavaFunction square() {
        return square(() -> null, () -> null);
    }

    private static void throwIfAny(RuntimeException failure) {
        if (failure != null) {
            throw failure;
        }
    }

    /** gelu, whose backward records a graph of its own and runs it back; what is inside may be a function in Java. */
    static JavaFunction recorded(java.util.function.UnaryOperator<Tensor> inside) {
        return new JavaFunction() {
            @Override
            protected Tensor forward(FunctionContext context, Tensor input) {
                context.save(input);
                return inside.apply(input);
            }

            @Override
            protected Tensor backward(FunctionContext context, Tensor gradient) {
                Tensor input = context.saved(0).detach().setRequiresGrad(true);
                try (GradMode on = GradMode.enabled()) {
                    Backward.run(inside.apply(input), gradient);
                }
                return input.grad();
            }
        };
    }

    /** (a b, a + c) of three tensors of one shape. */
    static JavaMultiFunction productAndSum() {
        return new JavaMultiFunction() {
            @Override
            protected Tensor[] forward(FunctionContext context, Tensor... inputs) {
                context.save(inputs[0], inputs[1]);
                return new Tensor[] {inputs[0].mul(inputs[1]), inputs[0].add(inputs[2])};
            }

            @Override
            protected Tensor[] backward(FunctionContext context, Tensor... gradients) {
                Tensor product = gradients[0];
                Tensor sum = gradients[1];
                Tensor first = product == null ? null : product.mul(context.saved(1));
                return new Tensor[] {
                    first == null ? sum : sum == null ? first : first.add(sum),
                    product == null || !context.needsGradient(1) ? null : product.mul(context.saved(0)),
                    sum
                };
            }
        };
    }
}
