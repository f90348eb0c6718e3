package org.frugaltorch.finetune.meft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.NothingLeft;
import org.frugaltorch.finetune.model.FinalStates;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.StackOutput;
import org.frugaltorch.nn.Activation;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The reversible way against ordinary back-propagation through the very same network. */
@ExtendWith(NothingLeft.class)
class MeftNativeTest {
    private static final double TOLERANCE = 1e-3;
    private static final double EXACT_TOLERANCE = 2e-5;

    // ---- deep models at the default factors -------------------------------------------------------------------------

    static Stream<Arguments> deepEncoders() {
        return Stream.of(MeftVariant.values()).flatMap(variant -> Stream.of(12, 24).flatMap(layers ->
                Stream.of(0.0, 0.1).map(dropout -> Arguments.of(variant, layers, dropout))));
    }

    @ParameterizedTest
    @MethodSource("deepEncoders")
    void inputsComeBackToTheBitAndGradientsAreTheOrdinaryOnes(MeftVariant variant, int layers, double dropout) {
        MeftSettings settings = MeftSettings.of(variant).withTokensAtOnce(0);
        try (TensorScope scope = TensorScope.open();
                ReversibleModel model = ReversibleModel.encoder(layers, dropout, settings)) {
            assertThat(errors(model, model.meft)).hasSize(layers).containsOnly(0);
            Golden.assertGradientsClose(
                    model.gradients(model.meft), model.gradients(model.ordinary()), EXACT_TOLERANCE);
        }
    }

    @ParameterizedTest
    @EnumSource(MeftVariant.class)
    void anchorsBoundTheErrorThatRoundingAloneLetsGrow(MeftVariant variant) {
        int layers = 12;
        MeftSettings settings = MeftSettings.of(variant).withTokensAtOnce(0);
        try (TensorScope scope = TensorScope.open();
                ReversibleModel model = ReversibleModel.encoder(layers, 0.1, settings)) {
            double[] rounded = errors(model, model.meft.running(settings.withReconstruction(new Reconstruction.Rounded())));
            assertThat(rounded[layers - 1]).isLessThan(TOLERANCE);
            assertThat(rounded[1]).isGreaterThan(1);
            Meft anchored = model.meft.running(settings.withReconstruction(Reconstruction.named("anchors")));
            assertThat(Arrays.stream(errors(model, anchored)).max().orElseThrow()).isLessThan(TOLERANCE);
            Golden.assertGradientsClose(model.gradients(anchored), model.gradients(model.ordinary()), TOLERANCE);
        }
    }

    private static double[] errors(ReversibleModel model, Meft meft) {
        Engine.seed(3);
        return ReconstructionErrors.of(meft, model.stack, ReversibleModel.batch(), ForwardMode.train(3));
    }

    @ParameterizedTest
    @EnumSource(MeftVariant.class)
    void decodersWithSharedKeysAreReversibleToo(MeftVariant variant) {
        MeftSettings settings = MeftSettings.of(variant);
        try (TensorScope scope = TensorScope.open();
                ReversibleModel model = ReversibleModel.decoder(12, settings)) {
            assertThat(errors(model, model.meft)).hasSize(12).containsOnly(0);
            Golden.assertGradientsClose(
                    model.gradients(model.meft), model.gradients(model.ordinary()), EXACT_TOLERANCE);
        }
    }

    // ---- settings ---------------------------------------------------------------------------------------------------

    static Stream<MeftSettings> unusualSettings() {
        return Stream.of(MeftVariant.values()).flatMap(variant -> Stream.of(
                MeftSettings.of(variant).withFactors(0.37, 1.5),
                MeftSettings.of(variant).withFactors(1, 1).withTokensAtOnce(1),
                MeftSettings.of(variant).withReconstruction(new Reconstruction.Exact(64)),
                MeftSettings.of(variant).withReconstruction(new Reconstruction.Anchored(2)),
                MeftSettings.of(variant).withLayers(2, ShallowLayers.TRAINED),
                MeftSettings.of(variant).withAdapter(
                        new AdapterSettings.Bottleneck(3, Activation.RELU, OptionalDouble.of(0), 0.3))));
    }

    @ParameterizedTest
    @MethodSource("unusualSettings")
    void everySettingHasTheOrdinaryGradients(MeftSettings settings) {
        try (TensorScope scope = TensorScope.open();
                ReversibleModel model = ReversibleModel.encoder(5, 0, settings)) {
            Map<String, Tensor> ordinary = model.gradients(model.ordinary());
            assertThat(ordinary.keySet()).isEqualTo(model.parameters.trainableByName().keySet());
            Golden.assertGradientsClose(model.gradients(model.meft), ordinary, TOLERANCE);
            try (GradMode off = GradMode.disabled()) {
                Golden.assertClose("states", model.states(model.meft).hiddenStates(),
                        model.states(model.ordinary()).hiddenStates(), EXACT_TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(MeftVariant.class)
    void shallowLayersThatAreFrozenAreThePretrainedOnes(MeftVariant variant) {
        MeftSettings settings = MeftSettings.of(variant).withTokensAtOnce(0).withLayers(2, ShallowLayers.FROZEN);
        try (TensorScope scope = TensorScope.open();
                ReversibleModel model = ReversibleModel.encoder(5, 0.1, settings)) {
            assertThat(model.parameters.trainableByName().keySet()).allMatch(name ->
                    name.startsWith("meft.layer.3.") || name.startsWith("meft.layer.4."));
            Golden.assertGradientsClose(
                    model.gradients(model.meft), model.gradients(model.frozenThenOrdinary(3)), EXACT_TOLERANCE);
        }
    }

    // ---- chance -----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(MeftVariant.class)
    void theSameSeedGivesTheSameBits(MeftVariant variant) {
        MeftSettings settings = MeftSettings.of(variant).withTokensAtOnce(12);
        try (TensorScope scope = TensorScope.open();
                ReversibleModel model = ReversibleModel.encoder(4, 0.2, settings)) {
            Map<String, Tensor> once = model.gradients(model.meft);
            Map<String, Tensor> again = model.gradients(model.meft);
            once.forEach((name, gradient) ->
                    assertThat(again.get(name).toFloats()).as(name).isEqualTo(gradient.toFloats()));
        }
    }

    @Test
    void theGeneratorGoesOnAsIfNothingHadBeenDrawnInReversibleLayers() {
        try (TensorScope scope = TensorScope.open();
                ReversibleModel model = ReversibleModel.encoder(2, 0.2, MeftSettings.of(MeftVariant.MEFT1))) {
            model.states(model.meft);
            byte[] after = Engine.randomState().toBytes();
            model.gradients(model.meft);
            assertThat(Engine.randomState().toBytes()).isEqualTo(after);
        }
    }

    @Test
    void evaluationIsTheSameFunctionWithoutChance() {
        try (TensorScope scope = TensorScope.open();
                ReversibleModel model = ReversibleModel.encoder(3, 0.2, MeftSettings.of(MeftVariant.MEFT1));
                GradMode off = GradMode.disabled()) {
            StackOutput first = model.meft.run(
                    model.stack, ReversibleModel.batch(), ForwardMode.EVALUATE, FinalStates.WITH_GRADIENTS);
            StackOutput second = model.ordinary().run(
                    model.stack, ReversibleModel.batch(), ForwardMode.EVALUATE, FinalStates.WITH_GRADIENTS);
            Golden.assertClose("states", first.hiddenStates(), second.hiddenStates(), EXACT_TOLERANCE);
        }
    }

    @Test
    void whatIsNoNumberStaysSo() {
        try (TensorScope scope = TensorScope.open();
                ReversibleModel model = ReversibleModel.encoder(2, 0, MeftSettings.of(MeftVariant.MEFT3))) {
            model.parameters.get("meft.layer.1.feed_forward.up.bias").detach().fillInPlace(Double.NaN);
            assertThat(model.states(model.meft).hiddenStates().toFloats()).contains(Float.NaN);
        }
    }
}
