package org.frugaltorch.finetune.quant;

import static org.assertj.core.api.Assertions.assertThat;

import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.memory.Phase;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The layer in four bits against the same matrix restored once and for all. */
class FourBitWeightNativeTest {
    private static final int OUT = 96;
    private static final int IN = 160;

    @ParameterizedTest
    @EnumSource(FourBitFormat.class)
    void valuesAndGradientsEqualTheRestoredMatrix(FourBitFormat format) {
        try (TensorScope scope = TensorScope.open()) {
            QuantisedMatrix matrix = QuantisedMatrix.quantise(Tensors.randn(OUT, IN), format, true);
            LinearWeight quantised = new FourBitWeight(matrix, DType.FLOAT32);
            LinearWeight dense = new LinearWeight.Dense(matrix.dequantise(DType.FLOAT32));
            Tensor values = Tensors.randn(3, 5, IN);
            Tensor gradient = Tensors.randn(3, 5, OUT);
            Tensor biasValues = Tensors.randn(OUT);
            Tensor[] inputs = {values.copy().setRequiresGrad(true), values.copy().setRequiresGrad(true)};
            Tensor[] biases = {biasValues.copy().setRequiresGrad(true), biasValues.copy().setRequiresGrad(true)};
            Tensor actual = quantised.apply(inputs[0], biases[0]);
            Tensor expected = dense.apply(inputs[1], biases[1]);
            Golden.assertClose("output", actual, expected, 1e-6);
            Backward.run(actual, gradient);
            Backward.run(expected, gradient);
            Golden.assertClose("gradient by the input", inputs[0].grad(), inputs[1].grad(), 1e-6);
            Golden.assertClose("gradient by the bias", biases[0].grad(), biases[1].grad(), 1e-6);
        }
    }

    @Test
    void biasTrainsAlsoBelowConstantInputs() {
        try (TensorScope scope = TensorScope.open()) {
            LinearWeight weight = weight(DType.FLOAT32);
            Tensor bias = Tensors.zeros(OUT).setRequiresGrad(true);
            Backward.run(weight.apply(Tensors.randn(7, IN), bias), Tensors.ones(7, OUT));
            assertThat(bias.grad().toFloats()).containsOnly(7f);
        }
    }

    @Test
    void withoutBiasOrGradientsNothingIsRecorded() {
        try (TensorScope scope = TensorScope.open()) {
            LinearWeight weight = weight(DType.FLOAT32);
            Tensor input = Tensors.randn(7, IN).setRequiresGrad(true);
            assertThat(weight.apply(input, null).requiresGrad()).isTrue();
            assertThat(weight.apply(input.detach(), null).requiresGrad()).isFalse();
            try (GradMode off = GradMode.disabled()) {
                assertThat(weight.apply(input, null).requiresGrad()).isFalse();
            }
        }
    }

    @Test
    void computesInItsTypeAndAnswersInThatOfTheInput() {
        try (TensorScope scope = TensorScope.open()) {
            QuantisedMatrix matrix = QuantisedMatrix.quantise(Tensors.randn(OUT, IN), FourBitFormat.NF4, true);
            Tensor input = Tensors.randn(4, IN);
            Tensor wide = new FourBitWeight(matrix, DType.FLOAT32).apply(input, null);
            Tensor narrow = new FourBitWeight(matrix, DType.BFLOAT16).apply(input, null);
            assertThat(narrow.dtype()).isEqualTo(DType.FLOAT32);
            assertThat(narrow.to(DType.BFLOAT16).to(DType.FLOAT32).toFloats()).isEqualTo(narrow.toFloats());
            Golden.assertClose("in bfloat16", narrow, wide, 2e-2);
        }
    }

    @Test
    void nothingIsSavedButTheOutputItself() {
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open()) {
            int size = 1024;
            LinearWeight weight = new FourBitWeight(
                    QuantisedMatrix.quantise(Tensors.randn(size, size), FourBitFormat.NF4, true), DType.FLOAT32);
            Tensor input = Tensors.randn(2, size).setRequiresGrad(true);
            long before = ledger.liveBytes();
            ledger.enter(Phase.FORWARD);
            Tensor output = weight.apply(input, null);
            long small = 1024; // the function's own bookkeeping
            assertThat(ledger.liveBytes() - before - output.byteSize()).isBetween(0L, small);
            assertThat(ledger.peakBytes(Phase.FORWARD) - before).isGreaterThan(4L * size * size);
            ledger.enter(Phase.BACKWARD);
            Backward.run(output, Tensors.ones(2, size));
            assertThat(ledger.liveBytes() - before - output.byteSize()).isLessThan(input.byteSize() * 3 + small);
        }
    }

    private static LinearWeight weight(DType computeType) {
        return new FourBitWeight(
                QuantisedMatrix.quantise(Tensors.randn(OUT, IN), FourBitFormat.NF4, false), computeType);
    }
}
