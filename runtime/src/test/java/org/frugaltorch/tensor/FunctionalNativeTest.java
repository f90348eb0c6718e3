package org.frugaltorch.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.frugaltorch.bindings.NativeException;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Operators of neural networks against their formulas, in float64. */
@ExtendWith(LiveHandles.class)
class FunctionalNativeTest {
    private static final double TOLERANCE = 1e-12;
    private static final double[] ROW = {0.5, -1.25, 2, 0.75};

    @Test
    void linearMultipliesByTheTranspose() {
        Tensor input = Tensors.of(new double[] {1, 2, 3, 4}, 2, 2);
        Tensor weight = Tensors.of(new double[] {1, 10, 100, 1000, 5, 6}, 3, 2);
        Tensor bias = Tensors.of(new double[] {0.5, 0, -1});
        assertThat(Functional.linear(input, weight, bias).toDoubles())
                .containsExactly(21.5, 2100, 16, 43.5, 4300, 38);
        assertThat(Functional.linear(input, weight, null).toDoubles()).containsExactly(21, 2100, 17, 43, 4300, 39);
    }

    @Test
    void linearSaysWhatDoesNotFit() {
        Tensor input = Tensors.ones(2, 3);
        assertThatThrownBy(() -> Functional.linear(input, Tensors.ones(4, 2), null)).isInstanceOf(NativeException.class)
                .hasMessageContaining("aten::linear").hasMessageContaining("2x3");
    }

    @Test
    void embeddingPicksRows() {
        Tensor table = Tensors.of(new double[] {1, 2, 3, 4, 5, 6}, 3, 2);
        Tensor rows = Functional.embedding(table, Tensors.of(new long[] {2, 0, 2, 1}, 2, 2));
        assertThat(rows.shape()).containsExactly(2, 2, 2);
        assertThat(rows.toDoubles()).containsExactly(5, 6, 1, 2, 5, 6, 3, 4);
    }

    @Test
    void normalises() {
        double mean = DoubleStream.of(ROW).average().orElseThrow();
        double variance = DoubleStream.of(ROW).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
        double square = DoubleStream.of(ROW).map(x -> x * x).average().orElseThrow();
        Tensor weight = Tensors.of(new double[] {1, 2, 3, 4});
        Tensor bias = Tensors.of(new double[] {0, 0, 0, -1});
        Tensor input = Tensors.of(ROW);
        double[] layer = each(i -> (ROW[i] - mean) / Math.sqrt(variance + 1e-3) * (i + 1) - (i == 3 ? 1 : 0));
        assertThat(Functional.layerNorm(input, weight, bias, 1e-3).toDoubles()).containsExactly(layer, within(TOLERANCE));
        double[] plain = each(i -> (ROW[i] - mean) / Math.sqrt(variance + 1e-3));
        assertThat(Functional.layerNorm(input, null, null, 1e-3).toDoubles()).containsExactly(plain, within(TOLERANCE));
        double[] rms = each(i -> ROW[i] / Math.sqrt(square + 1e-2) * (i + 1));
        assertThat(Functional.rmsNorm(input, weight, 1e-2).toDoubles()).containsExactly(rms, within(TOLERANCE));
    }

    private static double[] each(java.util.function.IntToDoubleFunction value) {
        return IntStream.range(0, ROW.length).mapToDouble(value).toArray();
    }

    @Test
    void activates() {
        Tensor input = Tensors.of(ROW);
        double c = Math.sqrt(2 / Math.PI);
        double[] tanh = each(i -> ROW[i] / 2 * (1 + Math.tanh(c * (ROW[i] + 0.044715 * Math.pow(ROW[i], 3)))));
        assertThat(Functional.geluTanh(input).toDoubles()).containsExactly(tanh, within(TOLERANCE));
        // 0.5 (1 + erf(x / sqrt(2))) at 0.5, -1.25, 2 and 0.75, from tables of the normal distribution.
        double[] normal = {0.691462461274013, 0.105649773666855, 0.977249868051821, 0.773372647623132};
        assertThat(Functional.gelu(input).toDoubles()).containsExactly(each(i -> ROW[i] * normal[i]), within(1e-13));
        assertThat(Functional.silu(input).toDoubles())
                .containsExactly(each(i -> ROW[i] / (1 + Math.exp(-ROW[i]))), within(TOLERANCE));
        assertThat(Functional.relu(input).toDoubles()).containsExactly(0.5, 0, 2, 0.75);
    }

    @Test
    void softmaxes() {
        double sum = DoubleStream.of(ROW).map(Math::exp).sum();
        Tensor input = Tensors.of(ROW);
        assertThat(Functional.softmax(input, 0).toDoubles()).containsExactly(each(i -> Math.exp(ROW[i]) / sum), within(TOLERANCE));
        assertThat(Functional.logSoftmax(input, -1).toDoubles())
                .containsExactly(each(i -> ROW[i] - Math.log(sum)), within(TOLERANCE));
    }

    @Test
    void dropoutZeroesAndScales() {
        Engine.seed(1);
        Tensor dropped = Functional.dropout(Tensors.ones(10_000), 0.25);
        float[] values = dropped.toFloats();
        int kept = 0;
        for (float value : values) {
            assertThat(value).isIn(0f, 1 / 0.75f);
            kept += value > 0 ? 1 : 0;
        }
        assertThat(kept).isBetween(7300, 7700);
        Tensor input = Tensors.ones(3);
        assertThat(Functional.dropout(input, 0)).isSameAs(input);
    }

    @Test
    void attentionIsTheWeightedSumOfValues() {
        Tensor query = Tensors.of(new double[] {1, 0, 0, 2}, 1, 1, 2, 2);
        Tensor key = Tensors.of(new double[] {1, 1, -1, 0.5}, 1, 1, 2, 2);
        Tensor value = Tensors.of(new double[] {10, 0, 0, 4}, 1, 1, 2, 2);
        double root = Math.sqrt(2);
        assertThat(Functional.attention(query, key, value, null, 0, false).toDoubles())
                .containsExactly(concat(mix(1 / root, -1 / root), mix(2 / root, 1 / root)), within(TOLERANCE));
        assertThat(Functional.attention(query, key, value, null, 0, true).toDoubles())
                .containsExactly(concat(new double[] {10, 0}, mix(2 / root, 1 / root)), within(TOLERANCE));
        Tensor mask = Tensors.of(new double[] {0, Double.NEGATIVE_INFINITY, 0, 1}, 1, 1, 2, 2);
        assertThat(Functional.attention(query, key, value, mask, 0, false).toDoubles())
                .containsExactly(concat(new double[] {10, 0}, mix(2 / root, 1 / root + 1)), within(TOLERANCE));
    }

    private static double[] mix(double first, double second) {
        double a = Math.exp(first) / (Math.exp(first) + Math.exp(second));
        return new double[] {10 * a, 4 * (1 - a)};
    }

    private static double[] concat(double[] a, double[] b) {
        return DoubleStream.concat(DoubleStream.of(a), DoubleStream.of(b)).toArray();
    }

    @Test
    void fewerKeyHeadsServeGroupsOfQueries() {
        Tensor query = Tensors.randn(2, 4, 3, 8);
        Tensor key = Tensors.randn(2, 2, 3, 8);
        Tensor value = Tensors.randn(2, 2, 3, 8);
        Tensor grouped = Functional.attention(query, key, value, null, 0, true);
        Tensor twice = Tensors.of(new long[] {0, 0, 1, 1});
        Tensor repeated = Functional.attention(
                query, key.indexSelect(1, twice), value.indexSelect(1, twice), null, 0, true);
        assertThat(grouped.toDoubles()).containsExactly(repeated.toDoubles(), within(1e-6));
    }

    @Test
    void losses() {
        double[] logits = {1, 2, 3, 0.5, 0, -1, 9, 9, 9};
        Tensor input = Tensors.of(logits, 3, 3);
        Tensor targets = Tensors.of(new long[] {2, 0, -100});
        double first = -3 + Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3));
        double second = -0.5 + Math.log(Math.exp(0.5) + 1 + Math.exp(-1));
        assertThat(Functional.crossEntropy(input, targets, LossReduction.NONE, -100, 0).toDoubles())
                .containsExactly(new double[] {first, second, 0}, within(TOLERANCE));
        assertThat(Functional.crossEntropy(input, targets, LossReduction.SUM, -100, 0).item())
                .isCloseTo(first + second, within(TOLERANCE));
        assertThat(Functional.crossEntropy(input, targets, LossReduction.MEAN, -100, 0).item())
                .isCloseTo((first + second) / 2, within(TOLERANCE));
        double evenly = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)) - 2;
        assertThat(Functional.crossEntropy(input.narrow(0, 0, 1), targets.narrow(0, 0, 1), LossReduction.MEAN, -100, 0.3).item())
                .isCloseTo(0.7 * first + 0.3 * evenly, within(TOLERANCE));
        assertThat(Functional.meanSquaredError(Tensors.of(new double[] {1, 2}), Tensors.of(new double[] {3, 5})).item())
                .isEqualTo(6.5);
    }
}
