package org.frugaltorch.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LiveHandles.class)
class GradientClippingNativeTest {

    private static Tensor withGradient(float... values) {
        Tensor parameter = Tensors.zeros(values.length);
        parameter.setGrad(Tensors.of(values));
        return parameter;
    }

    @Test
    void scalesTheCommonNormDown() {
        List<Tensor> parameters = List.of(withGradient(3, 0), withGradient(0, 4, 12), Tensors.ones(2));
        assertThat(GradientClipping.clip(parameters, 2)).isCloseTo(13, within(1e-5));
        double factor = 2 / (13 + 1e-6);
        assertThat(parameters.get(0).grad().toDoubles()).containsExactly(new double[] {3 * factor, 0}, within(1e-6));
        assertThat(parameters.get(1).grad().toDoubles()).containsExactly(new double[] {0, 4 * factor, 12 * factor}, within(1e-6));
        assertThat(parameters.get(2).grad()).isNull();
    }

    @Test
    void leavesShortGradientsAlone() {
        List<Tensor> parameters = List.of(withGradient(3, 4));
        assertThat(GradientClipping.clip(parameters, 5.1)).isEqualTo(5);
        assertThat(GradientClipping.clip(parameters, 0)).as("only measured").isEqualTo(5);
        assertThat(parameters.getFirst().grad().toFloats()).containsExactly(3, 4);
        assertThat(GradientClipping.clip(List.of(Tensors.ones(1)), 1)).isZero();
    }

    @Test
    void gradientsThatAreNotFiniteAreReportedAndNotScaled() {
        List<Tensor> parameters = List.of(withGradient(3, 4), withGradient(Float.POSITIVE_INFINITY), withGradient(Float.NaN));
        assertThat(GradientClipping.clip(parameters, 1)).isNaN();
        assertThat(GradientClipping.clip(parameters.subList(0, 2), 1)).isInfinite();
        assertThat(parameters.getFirst().grad().toFloats()).containsExactly(3, 4);
    }

    @Test
    void halfPrecisionIsMeasuredInSinglePrecision() {
        Tensor parameter = Tensors.zeros(4).to(DType.BFLOAT16);
        parameter.setGrad(Tensors.of(new float[] {1, 1, 1, 1}).to(DType.BFLOAT16));
        assertThat(GradientClipping.clip(List.of(parameter, withGradient(2)), 0)).isCloseTo(Math.sqrt(8), within(1e-6));
        GradientClipping.clip(List.of(parameter), 1);
        assertThat(parameter.grad().dtype()).isEqualTo(DType.BFLOAT16);
        assertThat(parameter.grad().toFloats()).containsExactly(0.5f, 0.5f, 0.5f, 0.5f);
    }
}
