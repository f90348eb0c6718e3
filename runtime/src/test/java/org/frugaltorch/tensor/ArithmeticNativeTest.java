package org.frugaltorch.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.bindings.NativeException;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LiveHandles.class)
class ArithmeticNativeTest {
    private static final double[] VALUES = {0.25, 1.5, 2, 0.75};

    static Stream<Arguments> functions() {
        return Stream.of(
                function("neg", Tensor::neg, x -> -x),
                function("abs", t -> t.neg().abs(), x -> x),
                function("exp", Tensor::exp, Math::exp),
                function("log", Tensor::log, Math::log),
                function("sqrt", Tensor::sqrt, Math::sqrt),
                function("rsqrt", Tensor::rsqrt, x -> 1 / Math.sqrt(x)),
                function("sin", Tensor::sin, Math::sin),
                function("cos", Tensor::cos, Math::cos),
                function("tanh", Tensor::tanh, Math::tanh),
                function("sigmoid", Tensor::sigmoid, x -> 1 / (1 + Math.exp(-x))),
                function("pow", t -> t.pow(2.5), x -> Math.pow(x, 2.5)),
                function("add number", t -> t.add(1.25), x -> x + 1.25),
                function("mul number", t -> t.mul(-3.1), x -> x * -3.1),
                function("div number", t -> t.div(7), x -> x / 7),
                function("add", t -> t.add(t), x -> x + x),
                function("add with a factor", t -> t.add(t.exp(), -0.3), x -> x - 0.3 * Math.exp(x)),
                function("sub", t -> t.exp().sub(t), x -> Math.exp(x) - x),
                function("mul", t -> t.mul(t.exp()), x -> x * Math.exp(x)),
                function("div", t -> t.div(t.exp()), x -> x / Math.exp(x)),
                function("maximum", t -> t.maximum(t.neg().add(2)), x -> Math.max(x, 2 - x)),
                function("minimum", t -> t.minimum(t.neg().add(2)), x -> Math.min(x, 2 - x)));
    }

    private static Arguments function(String name, UnaryOperator<Tensor> ours, DoubleUnaryOperator expected) {
        return Arguments.of(name, ours, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("functions")
    void computesTheFunction(String name, UnaryOperator<Tensor> ours, DoubleUnaryOperator expected) {
        double[] wanted = DoubleStream.of(VALUES).map(expected).toArray();
        assertThat(ours.apply(Tensors.of(VALUES)).toDoubles()).containsExactly(wanted, within(1e-14));

        Tensor result = ours.apply(Tensors.of(VALUES, 2, 2).to(DType.FLOAT32));
        assertThat(result.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(result.shape()).containsExactly(2, 2);
        assertThat(result.toDoubles()).containsExactly(wanted, within(1e-6));
    }

    /** Without a graph sums and products bypass the dispatcher; the results must be the same to the last bit. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16", "FLOAT32", "FLOAT64"})
    void recordingAGraphChangesNoBit(DType type) {
        List<UnaryOperator<Tensor>> operators = List.of(t -> t.add(t.exp()), t -> t.add(t.exp(), 0.3),
                t -> t.sub(t.exp()), t -> t.mul(t.exp()), t -> t.add(0.1), t -> t.mul(0.1), t -> t.mul(-0.0));
        Tensor values = Tensors.randn(37).to(type);
        for (UnaryOperator<Tensor> operator : operators) {
            Tensor plain = operator.apply(values);
            Tensor recorded = operator.apply(values.copy().setRequiresGrad(true));
            assertThat(recorded.requiresGrad()).isTrue();
            assertThat(plain.requiresGrad()).isFalse();
            assertThat(plain.dtype()).isEqualTo(recorded.dtype()).isEqualTo(type);
            assertThat(plain.toDoubles()).isEqualTo(recorded.detach().toDoubles());
        }
    }

    @Test
    void recordsOnlyInGradMode() {
        Tensor weight = Tensors.ones(2).setRequiresGrad(true);
        assertThat(Tensors.ones(2).add(weight).requiresGrad()).isTrue();
        assertThat(weight.mul(Tensors.ones(2)).requiresGrad()).isTrue();
        assertThat(weight.add(1).requiresGrad()).isTrue();
        assertThat(weight.mul(2).requiresGrad()).isTrue();
        try (GradMode off = GradMode.disabled()) {
            assertThat(Tensors.ones(2).add(weight).requiresGrad()).isFalse();
            assertThat(weight.mul(Tensors.ones(2)).requiresGrad()).isFalse();
            assertThat(weight.add(1).requiresGrad()).isFalse();
            assertThat(weight.mul(2).requiresGrad()).isFalse();
        }
    }

    @Test
    void aTensorAskedBeforeItRequiredAGradientIsRecordedAfterwards() {
        Tensor weight = Tensors.ones(2);
        weight.add(weight);
        weight.setRequiresGrad(true);
        assertThat(weight.add(weight).requiresGrad()).isTrue();
    }

    @Test
    void shapesBroadcast() {
        Tensor row = Tensors.of(new float[] {1, 2, 3});
        Tensor column = Tensors.of(new float[] {10, 20}, 2, 1);
        assertThat(row.add(column).toFloats()).containsExactly(11, 12, 13, 21, 22, 23);
        assertThat(column.mul(row).toFloats()).containsExactly(10, 20, 30, 20, 40, 60);
        assertThat(column.add(row).shape()).containsExactly(2, 3);
    }

    @Test
    void viewsAreReadByTheirStridesAndLeftAlone() {
        Tensor matrix = Tensors.of(new float[] {1, 2, 3, 4}, 2, 2);
        Tensor turned = matrix.transpose(0, 1);
        assertThat(matrix.add(turned).toFloats()).containsExactly(2, 5, 5, 8);
        assertThat(turned.mul(matrix).toFloats()).containsExactly(1, 6, 6, 16);
        assertThat(matrix.select(1, 0).add(matrix.select(1, 1)).toFloats()).containsExactly(3, 7);
        assertThat(turned.mul(2).add(1).toFloats()).containsExactly(3, 7, 5, 9);
        assertThat(matrix.toFloats()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void signsOfZeroAndNonFiniteNumbersSurvive() {
        Tensor special = Tensors.of(new float[] {-0f, 0f, Float.POSITIVE_INFINITY, Float.NaN});
        assertThat(special.mul(2).toFloats()).containsExactly(-0f, 0f, Float.POSITIVE_INFINITY, Float.NaN);
        assertThat(special.mul(-1).toFloats()).containsExactly(0f, -0f, Float.NEGATIVE_INFINITY, Float.NaN);
        assertThat(special.mul(0).toFloats()).containsExactly(-0f, 0f, Float.NaN, Float.NaN);
    }

    @Test
    void typesArePromotedAsInPyTorch() {
        Tensor half = Tensors.ones(2).to(DType.BFLOAT16);
        Tensor zeroDimensional = Tensors.full(2, DType.FLOAT64, Device.CPU);
        assertThat(half.add(Tensors.ones(2)).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(half.mul(zeroDimensional).dtype()).isEqualTo(DType.BFLOAT16);
        assertThat(half.add(Tensors.of(new long[] {1, 2})).dtype()).isEqualTo(DType.BFLOAT16);
        assertThat(Tensors.of(new boolean[] {true, false}).mul(half).dtype()).isEqualTo(DType.BFLOAT16);
        assertThat(Tensors.of(new int[] {1, 2}).mul(Tensors.of(new long[] {3, 4})).dtype()).isEqualTo(DType.INT64);
    }

    @ParameterizedTest
    @EnumSource(names = {"UINT8", "INT8", "INT16", "INT32", "INT64"})
    void wholeNumbersAddAndMultiply(DType type) {
        Tensor a = Tensors.of(new int[] {5, 7, 100}).to(type);
        Tensor b = Tensors.of(new int[] {2, 3, 4}).to(type);
        assertWhole(a.add(b), type, 7, 10, 104);
        assertWhole(a.sub(b), type, 3, 4, 96);
        assertWhole(a.add(b, 3), type, 11, 16, 112);
        assertWhole(a.mul(b.sub(b).add(1)), type, 5, 7, 100);
        assertWhole(a.add(2), type, 7, 9, 102);
        assertWhole(b.mul(3), type, 6, 9, 12);
        assertThat(a.div(b).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(a.div(4).toFloats()).containsExactly(1.25f, 1.75f, 25f);
    }

    @Test
    void sumsOfWholeNumbersPromoteBroadcastAndStayExact() {
        long large = (1L << 53) + 1;
        assertWhole(Tensors.of(new long[] {large}).add(Tensors.of(new int[] {2, 4})), DType.INT64, large + 2, large + 4);
        assertWhole(Tensors.of(new int[] {1, 2}, 2, 1).add(Tensors.of(new int[] {10, 20})), DType.INT32, 11, 21, 12, 22);
        Tensor zeroDimensional = Tensors.full(3, DType.INT64, Device.CPU);
        assertWhole(Tensors.of(new int[] {1}).add(zeroDimensional), DType.INT32, 4);
        Tensor mask = Tensors.of(new boolean[] {true, false});
        assertWhole(mask.add(Tensors.of(new long[] {5, 5})), DType.INT64, 6, 5);
        assertWhole(mask.add(mask), DType.BOOL, 1, 0);
    }

    private static void assertWhole(Tensor actual, DType type, long... expected) {
        assertThat(actual.dtype()).isEqualTo(type);
        assertThat(actual.toLongs()).isEqualTo(expected);
    }

    @Test
    void aMaskCanBeAddedToNumbers() {
        Tensor mask = Tensors.of(new boolean[] {true, false});
        Tensor numbers = Tensors.of(new float[] {0.5f, 0.25f});
        assertThat(numbers.add(mask).toFloats()).containsExactly(1.5f, 0.25f);
        assertThat(mask.add(numbers, 2).toFloats()).containsExactly(2f, 0.5f);
    }

    @Test
    void wholeNumbersTakeNoFractions() {
        Tensor numbers = Tensors.of(new long[] {1, 2});
        assertThatThrownBy(() -> numbers.mul(0.5)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A tensor of type int64 cannot take the number 0.5: convert it first, for example with"
                        + " to(DType.FLOAT32)");
        assertThatThrownBy(() -> numbers.add(1.5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> numbers.add(numbers, 0.5)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("factor 0.5");
        assertThatThrownBy(() -> Tensors.of(new boolean[] {true}).mul(2)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The shortcut past the dispatcher must not be taken for what it does not know. */
    @Test
    void lazilyNegatedAndMemorylessTensorsAreSeenAsWhatTheyAre() {
        Tensor negated = Operator.of("aten::_neg_view").call().tensor(Tensors.of(new float[] {1, -2})).tensorResult();
        Tensor zeros = Operator.of("aten::_efficientzerotensor").call().integers(2).optionalDtype(DType.FLOAT32).none()
                .optionalDevice(Device.CPU).none().tensorResult();
        Tensor ones = Tensors.ones(2);
        assertThat(negated.isPlain()).isFalse();
        assertThat(zeros.isPlain()).isFalse();
        assertThat(ones.isPlain()).isTrue();
        assertThat(negated.add(ones).toFloats()).containsExactly(0, 3);
        assertThat(ones.mul(negated).toFloats()).containsExactly(-1, 2);
        assertThat(negated.add(1).toFloats()).containsExactly(0, 3);
        assertThat(negated.mul(2).toFloats()).containsExactly(-2, 4);
        assertThat(ones.add(zeros).toFloats()).containsExactly(1, 1);
    }

    @Test
    void sparseTensorsTakeTheLongWay() {
        Tensor sparse = Operator.of("aten::to_sparse").call().tensor(Tensors.of(new float[] {0, 3})).none().none().none()
                .tensorResult();
        assertThat(sparse.isPlain()).isFalse();
        Tensor sum = sparse.add(sparse);
        assertThat(Operator.of("aten::to_dense").call().tensor(sum).none().none().tensorResult().toFloats())
                .containsExactly(0, 6);
    }

    @Test
    void matricesMultiplyInBatches() {
        Tensor a = Tensors.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2);
        Tensor b = Tensors.of(new double[] {1, 10, 100, 1000}, 2, 2);
        assertThat(a.matmul(b).toDoubles()).containsExactly(201, 2010, 403, 4030, 605, 6050, 807, 8070);
    }

    @Test
    void changesInPlace() {
        Tensor values = Tensors.of(new float[] {1, 2});
        assertThat(values.mulInPlace(3)).isSameAs(values);
        values.mulInPlace(Tensors.of(new float[] {1, 2}));
        assertThat(values.toFloats()).containsExactly(3, 12);
        assertThat(values.fillInPlace(7).toFloats()).containsExactly(7, 7);
        assertThat(values.copyInPlace(Tensors.of(new long[] {4})).toFloats()).containsExactly(4, 4);
        assertThat(Tensors.of(new float[] {-1.5f, 2.5f, 2.7f}).roundInPlace().toFloats()).containsExactly(-2, 2, 3);
        assertThat(Tensors.of(new float[] {-1.5f, 2.5f, 2.7f}).floorInPlace().toFloats()).containsExactly(-2, 2, 2);
    }

    @Test
    void drawsInPlace() {
        Tensor uniform = Tensors.zeros(2000).uniformInPlace(-2, 4);
        assertThat(uniform.amin().item()).isBetween(-2.0, -1.9);
        assertThat(uniform.amax().item()).isBetween(3.9, 4.0);
        Tensor normal = Tensors.zeros(20_000).normalInPlace(3, 0.5);
        assertThat(normal.mean().item()).isCloseTo(3, within(0.03));
        assertThat(normal.sub(normal.mean()).pow(2).mean().sqrt().item()).isCloseTo(0.5, within(0.03));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shapesThatDoNotMatchAreRefusedWithLibtorchsWords(boolean recording) {
        Tensor two = Tensors.ones(2).setRequiresGrad(recording);
        Tensor three = Tensors.ones(3);
        assertThatThrownBy(() -> two.add(three)).isInstanceOf(NativeException.class)
                .hasMessageContaining("aten::add").hasMessageContaining("size of tensor a (2)");
        assertThatThrownBy(() -> two.mul(three)).isInstanceOf(NativeException.class)
                .hasMessageContaining("aten::mul").hasMessageContaining("size of tensor a (2)");
    }
}
