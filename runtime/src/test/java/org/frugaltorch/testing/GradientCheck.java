package org.frugaltorch.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Compares gradients with central finite differences in double. The result is weighted with random numbers first, so
 * that errors that a plain sum would cancel show.
 */
public final class GradientCheck {
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 1e-7;

    private GradientCheck() {}

    /**
     * Checks the gradient of {@code function} by every one of {@code inputs}.
     *
     * @param function from tensors to a tensor, all float64; smooth near the inputs
     * @param inputs values to check at
     */
    public static void check(Function<Tensor[], Tensor> function, Tensor... inputs) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor[] leaves = Arrays.stream(inputs).map(t -> t.detach().copy().setRequiresGrad(true)).toArray(Tensor[]::new);
            Tensor result = function.apply(leaves);
            assertThat(result.requiresGrad()).as("the result is part of a graph").isTrue();
            Tensor weights = weightsLike(result);
            Backward.run(result, weights);
            for (int i = 0; i < inputs.length; i++) {
                Tensor gradient = leaves[i].grad();
                assertThat(gradient).as("gradient by input " + i).isNotNull();
                assertThat(gradient.shape()).isEqualTo(inputs[i].shape());
                assertThat(gradient.toDoubles()).as("gradient by input " + i)
                        .containsExactly(differences(function, inputs, i, weights.toDoubles()), within(TOLERANCE));
            }
        }
    }

    private static double[] differences(Function<Tensor[], Tensor> function, Tensor[] inputs, int which, double[] weights) {
        double[] values = inputs[which].toDoubles();
        double[] differences = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            double[] up = values.clone();
            double[] down = values.clone();
            up[i] += STEP;
            down[i] -= STEP;
            differences[i] = (weighted(function, inputs, which, up, weights)
                    - weighted(function, inputs, which, down, weights)) / (2 * STEP);
        }
        return differences;
    }

    private static double weighted(
            Function<Tensor[], Tensor> function, Tensor[] inputs, int which, double[] values, double[] weights) {
        try (TensorScope scope = TensorScope.open(); GradMode off = GradMode.disabled()) {
            Tensor[] changed = inputs.clone();
            changed[which] = Tensors.of(values).reshape(inputs[which].shape());
            double[] result = function.apply(changed).toDoubles();
            double sum = 0;
            for (int i = 0; i < result.length; i++) {
                sum += result[i] * weights[i];
            }
            return sum;
        }
    }

    private static Tensor weightsLike(Tensor result) {
        Random random = new Random(42);
        double[] weights = random.doubles(result.elementCount(), 0.5, 1.5).toArray();
        return Tensors.of(weights).reshape(result.shape());
    }
}
