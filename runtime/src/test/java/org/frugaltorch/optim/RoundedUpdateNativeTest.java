package org.frugaltorch.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ways to round stochastically, held to the definition: the result is a neighbour, and right on average. */
@ExtendWith(LiveHandles.class)
class RoundedUpdateNativeTest {
    private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.8, 0.95, 1e-6);
    private static final int COPIES = 100_000;

    private enum Way {
        JAVA,
        OPERATORS;

        RoundedUpdate open() {
            return this == JAVA ? new RoundingInJava() : new RoundingByOperators(1 << 12);
        }
    }

    private static Updated bfloat16(Tensor parameter, Tensor gradient) {
        return new Updated(parameter.to(DType.BFLOAT16), gradient.to(DType.BFLOAT16),
                Tensors.zerosLike(parameter).to(DType.BFLOAT16), Tensors.zerosLike(parameter).to(DType.BFLOAT16),
                Tensors.scalar(1));
    }

    /** A first step. */
    private static float[] after(Way way, Updated start, double learningRate, double weightDecay, long draw) {
        try (TensorScope scope = TensorScope.open(); RoundedUpdate update = way.open()) {
            update.apply(start, 1, new StepSize(learningRate, weightDecay, SETTINGS), draw);
            return start.parameter().toFloats();
        }
    }

    /** {@code factor * start}, computed as decay, since nothing else moves a parameter without gradients. */
    private static float[] multiplied(Way way, double start, double factor, int copies, long draw) {
        return after(way, bfloat16(Tensors.full(start, DType.FLOAT32, Device.CPU, copies), Tensors.zeros(copies)), 1, 1 - factor,
                draw);
    }

    private static Stream<Arguments> products() {
        return Stream.of(Way.values()).flatMap(way -> Stream.of(
                Arguments.of(way, 1.5, 0.9987), Arguments.of(way, -1.5, 0.9987), Arguments.of(way, 1, 0.99999),
                Arguments.of(way, 1, 0.997), Arguments.of(way, -3e-5, 0.96), Arguments.of(way, 7e29, 0.98765)));
    }

    @ParameterizedTest
    @MethodSource("products")
    void aNumberBecomesItsNeighboursByItsDistance(Way way, double start, double factor) {
        double number = Tensors.of(new double[] {start}).to(DType.BFLOAT16).item() * factor;
        int towardsZero = Float.floatToIntBits((float) number) & 0xFFFF_0000;
        float near = Float.intBitsToFloat(towardsZero);
        float far = Float.intBitsToFloat(towardsZero + 0x1_0000);
        double place = (number - near) / ((double) far - near);
        int away = 0;
        for (float result : multiplied(way, start, factor, COPIES, 3)) {
            assertThat(result).isIn(near, far);
            away += result == far ? 1 : 0;
        }
        assertThat((double) away / COPIES).isCloseTo(place, within(5 * Math.sqrt(place * (1 - place) / COPIES) + 1e-4));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whatIsABfloat16NumberStaysIt(Way way) {
        Tensor numbers = Tensors.randn(COPIES).mul(1e3).to(DType.BFLOAT16);
        float[] expected = numbers.toFloats();
        for (long draw = 0; draw < 5; draw++) {
            assertThat(after(way, bfloat16(numbers, Tensors.zeros(COPIES)), 0.1, 0, draw)).isEqualTo(expected);
        }
        assertThat(after(way, bfloat16(Tensors.of(new float[] {0, -0f}), Tensors.zeros(2)), 0.1, 0, 1)).containsExactly(0, -0f);
    }

    private static Way[] ways() {
        return Way.values();
    }

    /** Parameters and moments of every place, also past the last whole piece, beside the kernel in float32. */
    @ParameterizedTest
    @MethodSource("ways")
    void everyElementIsANeighbourOfTheExactResult(Way way) {
        for (int count : new int[] {1, 2, 3, 2_047, 2_049, 65_535, 65_536, 131_073}) {
            Tensor parameter = Tensors.randn(count);
            Updated rounded = bfloat16(parameter, Tensors.randn(count));
            Updated exact = rounded.to(DType.FLOAT32);
            StepSize size = new StepSize(0.01, 0.1, SETTINGS);
            size.apply(List.of(exact));
            try (RoundedUpdate update = way.open()) {
                update.apply(rounded, 1, size, 5);
            }
            assertNeighbours(rounded.parameter(), exact.parameter());
            assertNeighbours(rounded.firstMoment(), exact.firstMoment());
            assertNeighbours(rounded.secondMoment(), exact.secondMoment());
        }
    }

    private static void assertNeighbours(Tensor rounded, Tensor exact) {
        float[] results = rounded.toFloats();
        float[] numbers = exact.toFloats();
        for (int i = 0; i < numbers.length; i++) {
            // 1e-6: the order of operations differs between the ways
            assertThat((double) results[i]).as("%d of %d", i, numbers.length)
                    .isCloseTo(numbers[i], within(Math.abs(numbers[i]) * 0x1p-7 + 1e-6));
        }
    }

    /** So that a loss that is none is noticed. */
    @ParameterizedTest
    @MethodSource("ways")
    void whatIsNoFiniteNumberStaysNone(Way way) {
        for (float number : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            Tensor gradient = Tensors.full(number, DType.FLOAT32, Device.CPU, 1_000);
            for (float result : after(way, bfloat16(Tensors.ones(1_000), gradient), 0.1, 0, 2)) {
                assertThat(result).isNaN();
            }
            for (float result : after(way, bfloat16(gradient, Tensors.zeros(1_000)), 0.1, 0, 2)) {
                assertThat(Float.isFinite(result)).isFalse();
            }
        }
    }

    /** Errors cancel over draws in every place. */
    @ParameterizedTest
    @MethodSource("ways")
    void drawsAreIndependent(Way way) {
        double factor = 1 - 0x1p-7 / 3; // half a gap below 1.5
        double number = 1.5 * factor;
        int draws = 400;
        double[] sums = new double[1_000];
        for (long draw = 0; draw < draws; draw++) {
            float[] results = multiplied(way, 1.5, factor, sums.length, draw);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += results[i];
            }
        }
        // Of a fair coin: half a gap a draw.
        double deviation = 0x1p-7 / 2 / Math.sqrt(draws);
        double squares = 0;
        for (double sum : sums) {
            double error = sum / draws - number;
            assertThat(error).isCloseTo(0, within(5 * deviation));
            squares += error * error;
        }
        assertThat(Math.sqrt(squares / sums.length)).isCloseTo(deviation, within(0.1 * deviation));
    }

    @Test
    void threadsMakeNoDifference() {
        Tensor parameter = Tensors.randn(300_000);
        Tensor gradient = Tensors.randn(300_000);
        int threads = Engine.threads();
        try {
            Engine.setThreads(1);
            float[] alone = after(Way.JAVA, bfloat16(parameter, gradient), 0.01, 0.1, 9);
            Engine.setThreads(3);
            assertThat(after(Way.JAVA, bfloat16(parameter, gradient), 0.01, 0.1, 9)).isEqualTo(alone);
        } finally {
            Engine.setThreads(threads);
        }
    }
}
