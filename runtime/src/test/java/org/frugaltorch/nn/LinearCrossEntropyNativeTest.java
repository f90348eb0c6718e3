package org.frugaltorch.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The loss in one function, in chunks and in one, against libtorch's operators one by one. */
@ExtendWith(LiveHandles.class)
class LinearCrossEntropyNativeTest {
    private static final long IGNORED = -100;
    private static final long ROWS = 10;
    private static final long HIDDEN = 6;
    private static final long VOCABULARY = 17;
    private static final double TOLERANCE = 1e-6;

    @BeforeEach
    void seed() {
        Engine.seed(7);
    }

    private static Tensor leaf(long... shape) {
        return Tensors.randn(shape).setRequiresGrad(true);
    }

    private static Tensor copyOf(Tensor leaf) {
        return leaf == null ? null : leaf.detach().copy().setRequiresGrad(true);
    }

    private static Tensor plain(Tensor hidden, Tensor weight, Tensor bias, long... targets) {
        return Functional.crossEntropy(Functional.linear(hidden, weight, bias), Tensors.of(targets), LossReduction.MEAN, IGNORED, 0);
    }

    private static void assertClose(Tensor actual, Tensor expected, double tolerance) {
        double scale = expected.abs().amax().item();
        assertThat(actual.sub(expected).abs().amax().item()).isLessThan(tolerance * scale);
    }

    @ParameterizedTest
    @CsvSource({
        "1, true, FLOAT32, 2.5", "3, true, FLOAT32, 2.5", "3, false, FLOAT32, 1", "10, true, FLOAT32, 1",
        "100, false, FLOAT32, 2.5", "0, true, FLOAT32, 2.5", "3, true, FLOAT64, 2.5", "2147483647, true, FLOAT64, 1"
    })
    void lossAndGradientsEqualThePlainOnes(int rows, boolean withBias, DType type, double factor) {
        Tensor hidden = Tensors.randn(ROWS, HIDDEN).to(type).setRequiresGrad(true);
        Tensor weight = Tensors.randn(VOCABULARY, HIDDEN).to(type).setRequiresGrad(true);
        Tensor bias = withBias ? Tensors.randn(VOCABULARY).to(type).setRequiresGrad(true) : null;
        double tolerance = type == DType.FLOAT64 ? 1e-13 : TOLERANCE;
        Tensor[] copies = {copyOf(hidden), copyOf(weight), copyOf(bias)};
        long[] targets = {0, 16, IGNORED, 3, 3, 7, IGNORED, IGNORED, 1, 12};
        Tensor loss = new LinearCrossEntropy(IGNORED, rows).loss(hidden, weight, bias, targets);
        Tensor expected = plain(copies[0], copies[1], copies[2], targets);
        assertThat(loss.item() / expected.item()).isCloseTo(1, within(tolerance));
        Backward.run(loss.mul(factor));
        Backward.run(expected.mul(factor));
        assertClose(hidden.grad(), copies[0].grad(), tolerance);
        assertClose(weight.grad(), copies[1].grad(), tolerance);
        if (withBias) {
            assertClose(bias.grad(), copies[2].grad(), tolerance);
        }
    }

    @Test
    void frozenWeightsAndConstantHiddenStatesCostNothing() {
        long[] targets = {1, 2, 3};
        Tensor hidden = leaf(3, HIDDEN);
        Tensor frozen = Tensors.randn(VOCABULARY, HIDDEN);
        Backward.run(new LinearCrossEntropy(IGNORED, 2).loss(hidden, frozen, null, targets));
        Tensor copy = copyOf(hidden);
        Backward.run(plain(copy, frozen, null, targets));
        assertClose(hidden.grad(), copy.grad(), TOLERANCE);
        assertThat(frozen.grad()).isNull();

        Tensor weight = leaf(VOCABULARY, HIDDEN);
        Backward.run(new LinearCrossEntropy(IGNORED, 2).loss(hidden.detach(), weight, null, targets));
        assertThat(weight.grad()).isNotNull();
    }

    @Test
    void noTargetThatCountsIsALossOfZero() {
        Tensor hidden = leaf(2, HIDDEN);
        Tensor weight = leaf(VOCABULARY, HIDDEN);
        Tensor loss = new LinearCrossEntropy(IGNORED, LinearCrossEntropy.AUTOMATIC).loss(hidden, weight, null, IGNORED, IGNORED);
        assertThat(loss.item()).isZero();
        Backward.run(loss);
        assertThat(hidden.grad().toDoubles()).containsOnly(0.0);
        assertThat(weight.grad().toDoubles()).containsOnly(0.0);
    }

    @Test
    void noRowIsALossOfZeroToo() {
        Tensor weight = leaf(VOCABULARY, HIDDEN);
        Tensor hidden = leaf(0, HIDDEN);
        Tensor loss = new LinearCrossEntropy(IGNORED, LinearCrossEntropy.AUTOMATIC).loss(hidden, weight, null);
        assertThat(loss.item()).isZero();
        Backward.run(loss);
        assertThat(weight.grad().toDoubles()).containsOnly(0.0);
        assertThat(hidden.grad().shape()).containsExactly(0, HIDDEN);
    }

    @Test
    void aConstantBiasMayBeARow() {
        Tensor hidden = leaf(2, HIDDEN);
        Tensor weight = leaf(VOCABULARY, HIDDEN);
        Tensor bias = Tensors.randn(VOCABULARY);
        long[] targets = {4, 16};
        LinearCrossEntropy function = new LinearCrossEntropy(IGNORED, LinearCrossEntropy.ALL);
        assertThat(function.loss(hidden, weight, bias.unsqueeze(0), targets).item())
                .isEqualTo(function.loss(hidden, weight, bias, targets).item());
    }

    @Test
    void bfloat16EqualsTheFloat32LossOfTheSameNumbers() {
        Tensor hidden = Tensors.randn(ROWS, HIDDEN).to(DType.BFLOAT16).setRequiresGrad(true);
        Tensor weight = Tensors.randn(VOCABULARY, HIDDEN).to(DType.BFLOAT16).setRequiresGrad(true);
        long[] targets = {0, 16, 2, 3, 3, 7, 9, 9, 1, 12};
        Tensor loss = new LinearCrossEntropy(IGNORED, 4).loss(hidden, weight, null, targets);
        Tensor wide = hidden.detach().to(DType.FLOAT32).setRequiresGrad(true);
        Tensor expected = plain(wide, weight.detach().to(DType.FLOAT32), null, targets);
        assertThat(loss.item()).isCloseTo(expected.item(), within(0.03));
        Backward.run(loss);
        Backward.run(expected);
        assertThat(hidden.grad().to(DType.FLOAT32).sub(wide.grad()).abs().amax().item())
                .isLessThan(0.03 * wide.grad().abs().amax().item());
    }

    @Test
    void targetsOutsideTheVocabularyAreRefused() {
        long[] targets = {VOCABULARY};
        assertThatThrownBy(() -> new LinearCrossEntropy(IGNORED, LinearCrossEntropy.AUTOMATIC)
                .loss(leaf(1, HIDDEN), Tensors.randn(VOCABULARY, HIDDEN), null, targets))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The target 17 is outside 0 to 16, the vocabulary, and is not the index that is ignored");
    }

    @Test
    void logitsOfFewRowsLiveAtOnce() {
        long rows = 512;
        long hiddenSize = 32;
        long vocabulary = 4096;
        int chunk = 16;
        Tensor hidden = leaf(rows, hiddenSize);
        Tensor weight = leaf(vocabulary, hiddenSize);
        long[] targets = new long[(int) rows];
        long gradients = hidden.byteSize() + weight.byteSize();
        long chunkLogits = chunk * vocabulary * 4;
        long perRow = rows * 64;
        try (MemoryLedger ledger = MemoryLedger.open();
                TensorScope scope = TensorScope.open()) {
            Tensor loss = new LinearCrossEntropy(IGNORED, chunk).loss(hidden, weight, null, targets);
            assertThat(ledger.peakBytes()).isBetween(gradients + chunkLogits, gradients + chunkLogits + perRow);
            assertThat(ledger.liveBytes()).isBetween(gradients, gradients + 64);
            ledger.resetPeaks();
            Backward.run(loss);
            assertThat(ledger.peakBytes()).as("the gradients are handed over, not copied").isLessThan(gradients + 1024);
            ledger.resetPeaks();
            try (GradMode off = GradMode.disabled()) {
                assertThat(new LinearCrossEntropy(IGNORED, chunk).loss(hidden, weight, null, targets).item()).isPositive();
            }
            assertThat(ledger.peakBytes()).isLessThan(gradients + chunkLogits + perRow);
        }
    }
}
