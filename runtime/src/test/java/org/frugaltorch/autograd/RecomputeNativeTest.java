package org.frugaltorch.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.UnaryOperator;
import org.frugaltorch.bindings.NativeException;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recomputed parts against the same parts kept. */
@ExtendWith(LiveHandles.class)
class RecomputeNativeTest {
    private static final int LAYERS = 3;

    private record Result(float[] output, float[] inputGradient, float[] weightGradient, float[] drawnAfterwards) {}

    private static Result train(boolean recompute, double dropout) {
        Engine.seed(11);
        Tensor weight = Tensors.randn(8, 8).setRequiresGrad(true);
        Tensor input = Tensors.randn(4, 8).setRequiresGrad(true);
        UnaryOperator<Tensor> layer =
                t -> Functional.dropout(Functional.gelu(Functional.linear(t, weight, null)), dropout);
        Tensor states = input;
        for (int i = 0; i < LAYERS; i++) {
            states = recompute ? Recompute.apply(layer, states) : layer.apply(states);
        }
        Backward.run(states.mul(states).sum());
        return new Result(states.toFloats(), input.grad().toFloats(), weight.grad().toFloats(),
                Tensors.rand(3).toFloats());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3})
    void valuesAndGradientsAreThoseOfThePlainRunBitForBit(double dropout) {
        assertThat(train(true, dropout)).usingRecursiveComparison().isEqualTo(train(false, dropout));
    }

    @Test
    void severalOutputsConstantsAndMissingInputsAreAllowed() {
        Tensor a = Tensors.randn(3).setRequiresGrad(true);
        Tensor constant = Tensors.randn(3);
        Tensor[] out = Recompute.apply((again, in) -> {
            assertThat(in[2]).isNull();
            assertThat(GradMode.isEnabled()).isEqualTo(again);
            return new Tensor[] {in[0].mul(in[1]), again ? null : in[1].exp(), in[0].add(in[1])};
        }, a, constant, null);
        assertThat(out[1].toFloats()).isEqualTo(constant.exp().toFloats());
        Backward.run(out[0].add(out[2]).sum());
        assertThat(a.grad().toFloats()).isEqualTo(constant.add(1).toFloats());
    }

    @Test
    void parametersAreTrainedWhenTheInputIsConstant() {
        Tensor weight = Tensors.randn(2, 3).setRequiresGrad(true);
        Tensor input = Tensors.ones(1, 3);
        Backward.run(Recompute.apply(t -> Functional.linear(t, weight, null), input).sum());
        assertThat(weight.grad().toDoubles()).containsOnly(1.0);

        Backward.run(Recompute.apply(Tensor::exp, input).sum());
    }

    @Test
    void onlyInputsAndTheRandomStateAreKept() {
        Tensor weight = Tensors.randn(64, 64).setRequiresGrad(true);
        Tensor input = Tensors.randn(128, 64).setRequiresGrad(true);
        long state = Engine.randomState().byteSize();
        try (MemoryLedger ledger = MemoryLedger.open()) {
            try (TensorScope scope = TensorScope.open()) {
                Tensor states = input;
                for (int i = 0; i < LAYERS; i++) {
                    Tensor next =
                            Recompute.apply(t -> Functional.gelu(Functional.linear(t, weight, null)), states);
                    if (states != input) {
                        states.close();
                    }
                    states = next;
                }
                assertThat(ledger.liveBytes()).isEqualTo(LAYERS * (input.byteSize() + state));
            }
            assertThat(ledger.liveBytes()).isZero();
        }
    }

    @Test
    void whatTheStepThrowsTheSecondTimeComesOut() {
        RuntimeException failure = new UnsupportedOperationException("again");
        Tensor input = Tensors.ones(2).setRequiresGrad(true);
        Tensor output = Recompute.apply((again, in) -> {
            if (again) {
                throw failure;
            }
            return new Tensor[] {in[0].exp()};
        }, input)[0];
        assertThatThrownBy(() -> Backward.run(output.sum())).isSameAs(failure);
    }

    /** On a device without memory, which libtorch has everywhere and whose generator we know as little as a GPU's. */
    @Test
    void drawsThatCannotBeRepeatedAreRefused() {
        Device elsewhere = new Device(14, -1);
        Tensor input = Tensors.empty(DType.FLOAT32, elsewhere, 1, 2, 4, 8).setRequiresGrad(true);
        String sentence = "Dropout on " + input.device() + " cannot be drawn again in the backward pass, which recomputed"
                + " and lean parts of a model need: set the dropout to 0, or keep activations";
        assertThatThrownBy(() -> Recompute.apply(t -> Functional.dropout(t, 0.1), input)).hasMessage(sentence);
        assertThatThrownBy(() -> Recompute.apply(t -> Functional.attention(t, t, t, null, 0.1, false), input))
                .hasMessage(sentence);
        assertThatThrownBy(() -> Recompute.apply(t -> t.mul(t.detach().copy().normalInPlace(0, 1)), input))
                .hasMessage(sentence);
        Tensor here = Tensors.ones(1, 2, 4, 8).setRequiresGrad(true);
        Tensor constantElsewhere = input.detach();
        assertThatThrownBy(() -> Recompute.apply((again, in) -> {
            Functional.dropout(in[1], 0.1);
            return new Tensor[] {Functional.dropout(in[0], 0.1)};
        }, here, constantElsewhere)).hasMessage(sentence);
        assertThat(Recompute.apply((again, in) -> {
            Functional.dropout(in[1], 0);
            return new Tensor[] {Functional.dropout(in[0], 0.1)};
        }, here, constantElsewhere)[0].requiresGrad()).isTrue();
        try (GradMode off = GradMode.disabled()) {
            // Nothing is to be repeated: it is libtorch that has no such kernel for this device.
            assertThatThrownBy(() -> Recompute.apply(t -> Functional.dropout(t, 0.1), input))
                    .isInstanceOf(NativeException.class);
        }
    }

    @Test
    void theRandomStateReplaysAndForeignTensorsAreRefused() {
        Tensor state = Engine.randomState();
        float[] first = Tensors.randn(5).toFloats();
        Engine.setRandomState(state);
        assertThat(Tensors.randn(5).toFloats()).isEqualTo(first);
        assertThatThrownBy(() -> Engine.setRandomState(Tensors.ones(3))).isInstanceOf(IllegalArgumentException.class);
    }
}
