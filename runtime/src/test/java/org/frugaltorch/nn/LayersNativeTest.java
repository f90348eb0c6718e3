package org.frugaltorch.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.BinaryOperator;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    /** The same gradients as of libtorch's operators, to the bit, from a fraction of the memory. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void theRootMeanSquareNormKeepsItsInputOnly(DType type) {
        Tensor values = Tensors.randn(64, 512).to(type);
        Tensor given = Tensors.randn(64, 512).to(type);
        Tensor scale = Tensors.rand(512).to(type);
        List<Tensor> expected = gradients(values, scale, given, (input, weight) -> Functional.rmsNorm(input, weight, 1e-6));
        List<Tensor> actual =
                gradients(values, scale, given, (input, weight) -> new Norm.RootMeanSquare(weight, 1e-6).forward(input));
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).dtype()).isEqualTo(type);
            assertThat(actual.get(i).to(DType.FLOAT32).toFloats()).isEqualTo(expected.get(i).to(DType.FLOAT32).toFloats());
        }
        Norm norm = new Norm.RootMeanSquare(scale.detach().setRequiresGrad(true), 1e-6);
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open()) {
            Tensor input = Tensors.randn(64, 512).to(type).setRequiresGrad(true);
            long before = ledger.liveBytes();
            Tensor output = norm.forward(input);
            assertThat(ledger.liveBytes() - before).isEqualTo(output.byteSize());
        }
    }

    private static List<Tensor> gradients(Tensor values, Tensor scale, Tensor given, BinaryOperator<Tensor> norm) {
        Tensor input = values.detach().setRequiresGrad(true);
        Tensor weight = scale.detach().setRequiresGrad(true);
        Backward.run(norm.apply(input, weight), given);
        return List.of(input.grad(), weight.grad());
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
