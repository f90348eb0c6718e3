package org.frugaltorch.nn;

import java.util.List;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.FunctionContext;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.autograd.JavaFunction;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Root-mean-square normalisation that keeps its input and nothing else. On the CPU libtorch puts the norm together from
 * smaller operators, which keep the input and the normed input in float32 whatever the model's type: four times as much in
 * bfloat16, a quarter of all that a block of a Llama keeps. To compute the norm again takes far less time than the matrix
 * products around it, and the gradients are the same to the bit.
 */
final class RootMeanSquareFunction extends JavaFunction {
    private final Tensor weight;
    private final double epsilon;

    RootMeanSquareFunction(Tensor weight, double epsilon) {
        this.weight = weight;
        this.epsilon = epsilon;
    }

    @Override
    protected List<Tensor> parameters() {
        return List.of(weight);
    }

    @Override
    protected Tensor forward(FunctionContext context, Tensor input) {
        context.save(input);
        return Functional.rmsNorm(input, weight, epsilon);
    }

    @Override
    protected Tensor backward(FunctionContext context, Tensor gradient) {
        try (TensorScope scope = TensorScope.open();
                GradMode on = GradMode.enabled()) {
            Tensor input = context.saved(0).detach().setRequiresGrad(context.needsGradient(0));
            Backward.run(Functional.rmsNorm(input, weight, epsilon), gradient);
            return context.needsGradient(0) ? scope.promote(input.grad()) : null;
        }
    }
}
