package org.frugaltorch.finetune.meft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.FinalStates;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What reversible layers keep, and the most that is alive at once, as libtorch's allocators count it. */
class MeftMemoryNativeTest {
    private static final int HIDDEN = 128;
    private static final int ROWS = 8;
    private static final int WIDTH = 32;
    private static final long STATES = (long) ROWS * WIDTH * HIDDEN * Float.BYTES;
    private static final int AT_ONCE = 64;

    /**
     * Bytes above what was alive before the step.
     *
     * @param saved after the forward pass, its result aside
     * @param peak at any time of the step
     */
    private record Usage(long saved, long peak) {}

    private static Usage usage(ReversibleModel model, ActivationStrategy strategy) {
        return usage(model, strategy, FinalStates.WITH_GRADIENTS);
    }

    private static Usage usage(ReversibleModel model, ActivationStrategy strategy, FinalStates wanted) {
        Random random = new Random(1);
        long[] ids = random.longs(ROWS * WIDTH, 0, 50).toArray();
        boolean[] valid = new boolean[ids.length];
        Arrays.fill(valid, true);
        TokenBatch batch = new TokenBatch(ROWS, WIDTH, ids, valid, new long[ids.length]);
        model.parameters.clearGrads();
        Engine.seed(1);
        try (MemoryLedger ledger = MemoryLedger.open();
                TensorScope scope = TensorScope.open()) {
            Tensor states = strategy.run(model.stack, batch, ForwardMode.train(1), wanted).hiddenStates();
            long saved = ledger.liveBytes() - states.byteSize();
            Tensor loss = states.sum();
            states.close();
            Backward.run(loss);
            return new Usage(saved, ledger.peakBytes());
        }
    }

    private static Usage usage(int layers, MeftSettings settings) {
        try (ReversibleModel model = ReversibleModel.wide(layers, HIDDEN, settings)) {
            return usage(model, model.meft);
        }
    }

    @ParameterizedTest
    @CsvSource({"MEFT1, 1", "MEFT2, 1", "MEFT3, 2"})
    void bothStreamsAreKeptAndHalfAByteANumberOfThoseThatAreScaled(MeftVariant variant, int scaled) {
        MeftSettings settings = MeftSettings.of(variant).withTokensAtOnce(AT_ONCE);
        for (int layers : new int[] {3, 9}) {
            long expected = 2 * STATES + layers * scaled * STATES / 8;
            assertThat((double) usage(layers, settings).saved / expected).isCloseTo(1, within(0.01));
        }
    }

    @ParameterizedTest
    @CsvSource({"MEFT1, 1", "MEFT2, 1", "MEFT3, 2"})
    void aTopLayerOfWhichOneTokenIsReadLeavesNoDigits(MeftVariant variant, int scaled) {
        MeftSettings settings = MeftSettings.of(variant).withTokensAtOnce(AT_ONCE);
        try (ReversibleModel model = ReversibleModel.wide(9, HIDDEN, settings)) {
            Usage all = usage(model, model.meft);
            Usage one = usage(model, model.meft, FinalStates.FIRST);
            long expected = 2 * STATES + 8 * scaled * STATES / 8;
            assertThat((double) one.saved / expected).isCloseTo(1, within(0.01));
            assertThat(one.peak).isLessThan(all.peak);
        }
    }

    @Test
    void otherKindsOfReconstructionKeepWhatTheySay() {
        MeftSettings settings = MeftSettings.of(MeftVariant.MEFT1).withTokensAtOnce(AT_ONCE);
        assertThat((double) usage(9, settings.withReconstruction(new Reconstruction.Rounded())).saved / STATES)
                .isCloseTo(2, within(0.02));
        // Anchors before the layers 4 and 8, of two streams each.
        assertThat((double) usage(9, settings.withReconstruction(Reconstruction.named("anchors"))).saved / STATES)
                .isCloseTo(6, within(0.02));
        assertThat((double) usage(9, settings.withReconstruction(new Reconstruction.Exact(64))).saved / STATES)
                .isCloseTo(4 + 9 / 8.0, within(0.02));
    }

    @ParameterizedTest
    @EnumSource(MeftVariant.class)
    void aLayerMoreCostsItsDigitsAndItsAdaptersGradients(MeftVariant variant) {
        MeftSettings settings = MeftSettings.of(variant).withTokensAtOnce(AT_ONCE);
        long digits = (variant == MeftVariant.MEFT3 ? 2 : 1) * STATES / 8;
        long gradients = 2 * Float.BYTES * (2 * HIDDEN * 8 + 8 + HIDDEN);
        long six = usage(6, settings).peak;
        assertThat(usage(12, settings).peak - six).isLessThanOrEqualTo(6 * (digits + gradients));
        assertThat(usage(24, settings).peak - six).isLessThanOrEqualTo(18 * (digits + gradients));
        MeftSettings bare = settings.withReconstruction(new Reconstruction.Rounded());
        assertThat(usage(24, bare).peak - usage(6, bare).peak).isLessThanOrEqualTo(18 * gradients);
    }

    @ParameterizedTest
    @EnumSource(MeftVariant.class)
    void twelveLayersTakeLessThanASixthOfFullFineTuning(MeftVariant variant) {
        MeftSettings settings = MeftSettings.of(variant);
        try (ReversibleModel model = ReversibleModel.wide(12, HIDDEN, settings)) {
            double wholeBatch = usage(model, model.meft.running(settings.withTokensAtOnce(0))).peak;
            double slices = usage(model, model.meft.running(settings.withTokensAtOnce(AT_ONCE))).peak;
            model.parameters.tensors().forEach(parameter -> parameter.setRequiresGrad(true));
            double full = usage(model, new KeepAll()).peak;
            assertThat(wholeBatch / full).isLessThan(0.16);
            assertThat(slices / full).isLessThan(0.08);
        }
    }

    @Test
    void frozenShallowLayersKeepNothing() {
        MeftSettings all = MeftSettings.of(MeftVariant.MEFT1).withTokensAtOnce(AT_ONCE);
        Usage three = usage(3, all);
        Usage threeOfNine = usage(9, all.withLayers(3, ShallowLayers.FROZEN));
        assertThat(threeOfNine.saved).isEqualTo(three.saved);
        Usage trained = usage(9, all.withLayers(3, ShallowLayers.TRAINED));
        assertThat(trained.saved).isGreaterThan(10 * three.saved);
    }

    @Test
    void tokensThatCarryNoGradientsCostNoneOfThem() {
        MeftSettings settings = MeftSettings.of(MeftVariant.MEFT1).withTokensAtOnce(AT_ONCE);
        try (ReversibleModel model = ReversibleModel.wide(12, HIDDEN, settings)) {
            Usage all = usage(model, model.meft);
            int[][] quarter = new int[ROWS][];
            Arrays.setAll(quarter, row -> IntStream.range(0, WIDTH / 4).toArray());
            Usage some = usage(model, model.meft.over((stack, batch, seed) -> quarter));
            assertThat(some.peak).isLessThan(all.peak);
            assertThat((double) some.saved / all.saved).isCloseTo(1, within(0.01));
        }
    }

    @Test
    void evaluationKeepsNothing() {
        try (ReversibleModel model = ReversibleModel.wide(6, HIDDEN, MeftSettings.of(MeftVariant.MEFT3));
                TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open();
                GradMode off = GradMode.disabled()) {
            Tensor states = model.meft.run(
                    model.stack, ReversibleModel.batch(), ForwardMode.EVALUATE, FinalStates.WITH_GRADIENTS).hiddenStates();
            assertThat(ledger.liveBytes()).isEqualTo(states.byteSize());
        }
    }
}
