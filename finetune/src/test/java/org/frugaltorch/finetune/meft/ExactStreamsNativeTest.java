package org.frugaltorch.finetune.meft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of whole numbers come back bit by bit, whatever they were multiplied with. */
class ExactStreamsNativeTest {
    static Stream<ExactStreams> arithmetics() {
        return Stream.of(ExactStreams.narrow(), ExactStreams.wide(Factor.of(0.001), Factor.of(10)));
    }

    @ParameterizedTest
    @MethodSource("arithmetics")
    void everyFactorComesBack(ExactStreams exact) {
        Random random = new Random(1);
        List<Double> factors = new ArrayList<>(List.of(0.1, 1.0, 0.5, 0.001, 0.999, 0.333, 0.25, 2.0, 9.999, 10.0, 0.003));
        random.ints(60, 1, 10_001).forEach(steps -> factors.add(steps / 1000.0));
        Engine.seed(1);
        double limit = Math.scalb(exact.largest(), -exact.fraction());
        for (double value : factors) {
            try (TensorScope scope = TensorScope.open()) {
                Tensor small = Tensors.randn(3, 5, 8).mul(10);
                Tensor large = Tensors.rand(3, 5, 8).add(-0.5).mul(1.9 * limit / Math.max(1, value));
                Tensor stream = exact.enter(Tensors.cat(0, small, large));
                Tensor addition = Tensors.randn(6, 5, 8).mul(3);
                Tape tape = Tape.in(scope);
                Tensor after = exact.couple(stream, addition, Factor.of(value), tape);
                Tensor expected = exact.leave(stream, DType.FLOAT64).mul(value).add(addition.to(DType.FLOAT64));
                assertThat(exact.leave(after, DType.FLOAT64).sub(expected).abs().amax().item())
                        .as("rounding at " + value).isLessThanOrEqualTo(Math.scalb(1.001, -exact.fraction()));
                Tensor back = exact.uncouple(after, addition, Factor.of(value), tape);
                assertThat(back.dtype()).isEqualTo(exact.storage());
                assertThat(back.toDoubles()).as("factor " + value).isEqualTo(stream.toDoubles());
            }
        }
    }

    @Test
    void aHundredLayersComeBackInTheOppositeOrder() {
        ExactStreams exact = ExactStreams.narrow();
        try (TensorScope scope = TensorScope.open()) {
            Tape tape = Tape.in(scope);
            Tensor begin = exact.enter(Tensors.randn(2, 4, 6));
            Tensor stream = begin;
            Tensor[] additions = new Tensor[100];
            for (int i = 0; i < additions.length; i++) {
                additions[i] = Tensors.randn(2, 4, 6);
                stream = exact.couple(stream, additions[i], Factor.of(0.1), tape);
            }
            for (int i = additions.length - 1; i >= 0; i--) {
                stream = exact.uncouple(stream, additions[i], Factor.of(0.1), tape);
            }
            assertThat(stream.toInts()).isEqualTo(begin.toInts());
        }
    }

    @Test
    void statesKeepTheirValues() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor states = Tensors.of(new float[] {0, 1, -1, 0.1f, 511, -3.3e-6f}, 1, 6);
            for (ExactStreams exact : List.of(ExactStreams.narrow(), ExactStreams.wide(Factor.of(0.1)))) {
                Tensor back = exact.leave(exact.enter(states), DType.FLOAT32);
                double half = Math.scalb(0.5, -exact.fraction());
                for (int i = 0; i < 6; i++) {
                    assertThat((double) back.toFloats()[i]).isCloseTo(states.toFloats()[i], within(half + 1e-12));
                }
            }
        }
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor large = Tensors.of(new float[] {0, -600}, 1, 2);
            assertThatThrownBy(() -> ExactStreams.narrow().enter(large))
                    .hasMessage("A hidden state of 600.0 is beyond the 512 that streams of 32 bits hold:"
                            + " use exact-64 as reconstruction");
            ExactStreams wide = ExactStreams.wide(Factor.of(0.1));
            assertThat(wide.leave(wide.enter(large), DType.FLOAT32).toFloats()).containsExactly(0, -600);
            assertThatThrownBy(() -> wide.enter(Tensors.of(new float[] {1e9f}, 1, 1)))
                    .hasMessageContaining("the model has diverged");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 7, 10, 16, 17, 256, 257, 1000})
    void digitsArePackedAsManyToAByteAsFit(int base) {
        DigitPacking packing = new DigitPacking(base);
        Random random = new Random(base);
        try (TensorScope scope = TensorScope.open()) {
            double[] digits = random.ints(840, 0, base).asDoubleStream().toArray();
            digits[0] = base - 1;
            Tensor tensor = Tensors.of(digits, 7, 120);
            Tensor packed = packing.pack(tensor);
            long perByte = (long) (Math.log(256) / Math.log(base) + 1e-9);
            assertThat(packed.byteSize()).isEqualTo(perByte == 0 ? 1680 : 840 / perByte);
            assertThat(packing.unpack(packed, 7, 120).toDoubles()).isEqualTo(digits);
            // A number of digits that does not divide by that of a byte.
            Tensor odd = Tensors.of(new double[] {0, base - 1, 1, 0, base - 1}, 5);
            assertThat(packing.unpack(packing.pack(odd), 5).toDoubles()).isEqualTo(odd.toDoubles());
        }
    }

    @Test
    void factorsAreFractions() {
        assertThat(Factor.of(0.1)).isEqualTo(new Factor(1, 10));
        assertThat(Factor.of(0.1).states()).isEqualTo(10);
        assertThat(Factor.of(0.75)).isEqualTo(new Factor(3, 4));
        assertThat(Factor.of(0.75).states()).isEqualTo(2);
        assertThat(Factor.of(2).states()).isEqualTo(1);
        assertThat(Factor.of(1).isOne()).isTrue();
        for (double value : new double[] {0, -0.1, 0.0001, 0.1005, 10.001, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Factor.of(value))
                    .hasMessage("A factor must be a multiple of 0.001 from 0.001 to 10, not " + value);
        }
    }
}
