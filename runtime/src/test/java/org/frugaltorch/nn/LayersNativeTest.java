package org.frugaltorch.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LiveHandles.class)
class LayersNativeTest {

    @Test
    void aLinearLayerAsksItsWeight() {
        Tensor matrix = Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
        Linear layer = new Linear(matrix, Tensors.of(new float[] {10, 20, 30}));
        Tensor input = Tensors.of(new float[] {1, -1}, 1, 2);
        assertThat(layer.forward(input).toFloats()).containsExactly(9, 19, 29);
        assertThat(layer.weight().inFeatures()).isEqualTo(2);
        assertThat(layer.weight().outFeatures()).isEqualTo(3);
        layer.setWeight(new LinearWeight.Dense(matrix.mul(2)));
        assertThat(layer.forward(input).toFloats()).containsExactly(8, 18, 28);
    }

    @Test
    void normsNormalise() {
        Tensor input = Tensors.randn(3, 8);
        Tensor layer = new Norm.Layer(Tensors.ones(8), Tensors.zeros(8), 0).forward(input);
        assertThat(layer.mean(1, false).toDoubles()).containsExactly(new double[3], within(1e-6));
        assertThat(layer.pow(2).mean(1, false).toDoubles()).containsExactly(new double[] {1, 1, 1}, within(1e-5));
        Tensor rms = new Norm.RootMeanSquare(Tensors.ones(8), 0).forward(input);
        assertThat(rms.pow(2).mean(1, false).toDoubles()).containsExactly(new double[] {1, 1, 1}, within(1e-5));
    }

    @Test
    void activationsAreFoundByTheNamesInConfigurations() {
        Tensor input = Tensors.of(new double[] {-1, 0.5});
        for (Activation activation : Activation.values()) {
            assertThat(Activation.named(activation.configName())).isEqualTo(activation);
        }
        assertThat(Activation.named("gelu").apply(input).toDoubles()).isEqualTo(Functional.gelu(input).toDoubles());
        assertThat(Activation.named("gelu_new").apply(input).toDoubles()).isEqualTo(Functional.geluTanh(input).toDoubles());
        assertThat(Activation.named("silu").apply(input).toDoubles()).isEqualTo(Functional.silu(input).toDoubles());
        assertThat(Activation.named("relu").apply(input).toDoubles()).containsExactly(0, 0.5);
        assertThat(Activation.named("tanh").apply(input).toDoubles()).isEqualTo(input.tanh().toDoubles());
        assertThatThrownBy(() -> Activation.named("mish")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Unknown activation 'mish': known are gelu, gelu_new");
    }

    @Test
    void parametersOwnTheirTensors() {
        Tensor weight;
        try (Parameters parameters = new Parameters()) {
            try (TensorScope scope = TensorScope.open()) {
                weight = parameters.add("weight", Tensors.ones(2, 3)).setRequiresGrad(true);
                parameters.add("frozen", Tensors.ones(4));
                Tensor second = Tensors.ones(1);
                assertThatThrownBy(() -> parameters.add("weight", second)).isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("There are two parameters named weight");
            }
            assertThat(parameters.get("weight")).isSameAs(weight);
            assertThat(weight.isClosed()).isFalse();
            assertThat(parameters.asMap().keySet()).containsExactly("weight", "frozen");
            assertThat(parameters.trainable()).containsExactly(weight);
            assertThat(parameters.byteSize()).isEqualTo(40);
            assertThatThrownBy(() -> parameters.get("bias")).hasMessage("There is no parameter named bias");
            weight.setGrad(Tensors.ones(2, 3));
            parameters.clearGrads();
            assertThat(weight.grad()).isNull();
        }
        assertThat(weight.isClosed()).isTrue();
    }
}
