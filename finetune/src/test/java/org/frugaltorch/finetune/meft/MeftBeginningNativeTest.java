package org.frugaltorch.finetune.meft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.finetune.model.TransformerBlock;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Where training begins: what is computed, and what is trained. */
class MeftBeginningNativeTest {
    private static final int LAYERS = 4;
    private static final AdapterSettings ZERO = new AdapterSettings.Bottleneck(8, null, OptionalDouble.empty(), 0);

    /** States of a pretrained model: after each block, and after the attention of the last one. */
    private record Pretrained(List<Tensor> afterBlocks, Tensor afterLastAttention) {
        static Pretrained of(ReversibleModel model) {
            TokenGroup tokens = TokenGroup.all(ReversibleModel.batch());
            AttentionView view = model.stack.view(tokens, tokens);
            List<Tensor> states = new ArrayList<>(List.of(
                    model.stack.embeddings().forward(tokens, ForwardMode.EVALUATE)));
            Tensor attended = null;
            for (TransformerBlock block : model.stack.blocks()) {
                Tensor state = states.getLast();
                Tensor input = block.attentionInput(state).alias();
                attended = block.attend(
                        state, input, block.attention().keyValue(input, view), view, ForwardMode.EVALUATE);
                states.add(block.transform(attended, ForwardMode.EVALUATE));
            }
            return new Pretrained(states, attended);
        }

        /** What comes out at factors and adapters of zero. */
        Tensor expected(MeftVariant variant) {
            Tensor last = afterBlocks.getLast();
            Tensor other = variant == MeftVariant.MEFT3 ? afterLastAttention : afterBlocks.get(afterBlocks.size() - 2);
            return last.add(other).mul(0.5);
        }
    }

    /** The difference to the limit shrinks as the factors do. */
    @ParameterizedTest
    @CsvSource({"MEFT1, encoder", "MEFT2, encoder", "MEFT3, encoder", "MEFT1, decoder", "MEFT2, decoder", "MEFT3, decoder"})
    void atFactorsTowardsZeroItIsTheMeanOfTheLastTwoRepresentations(MeftVariant variant, String kind) {
        assertThat(distance(variant, kind, 0.001)).isLessThan(5e-3);
        assertThat(distance(variant, kind, 0.1)).isGreaterThan(10 * distance(variant, kind, 0.001));
    }

    private static double distance(MeftVariant variant, String kind, double factor) {
        MeftSettings settings = MeftSettings.of(variant).withAdapter(ZERO).withFactors(
                variant == MeftVariant.MEFT2 ? 1 : factor, variant == MeftVariant.MEFT1 ? 1 : factor);
        try (TensorScope scope = TensorScope.open();
                ReversibleModel model = kind.equals("encoder")
                        ? ReversibleModel.encoder(LAYERS, 0, settings) : ReversibleModel.decoder(LAYERS, settings);
                GradMode off = GradMode.disabled()) {
            Tensor states = model.states(model.meft).hiddenStates();
            return Golden.relativeError(states, model.stack.finish(Pretrained.of(model).expected(variant)));
        }
    }

    @ParameterizedTest
    @EnumSource(MeftVariant.class)
    void twoAdaptersALayerAreTrainedAndNothingElse(MeftVariant variant) {
        try (ReversibleModel model = ReversibleModel.encoder(LAYERS, 0, MeftSettings.of(variant))) {
            int width = AdapterSettings.Bottleneck.DEFAULT_WIDTH;
            long adapter = 2L * ReversibleModel.HIDDEN * width + width + ReversibleModel.HIDDEN;
            assertThat(model.parameters.trainableElements())
                    .isEqualTo(2 * LAYERS * adapter);
            assertThat(model.parameters.trainableByName().keySet()).allMatch(name -> name.startsWith("meft.layer."));
            assertThat(model.parameters.trainableByName().keySet().stream()
                    .filter(name -> name.startsWith("meft.layer.2.")).map(name -> name.split("\\.")[3])
                    .collect(Collectors.toSet())).containsExactlyInAnyOrder("feed_forward",
                            variant == MeftVariant.MEFT3 ? "attention" : "alone");
        }
    }

    @Test
    void newWeightsAreDrawnAsTheAuthorsDo() {
        try (ReversibleModel model = ReversibleModel.encoder(LAYERS, 0,
                        MeftSettings.of(MeftVariant.MEFT1).withAdapter(new AdapterSettings.Bottleneck(32)));
                TensorScope scope = TensorScope.open()) {
            Tensor up = model.parameters.get("meft.layer.1.alone.up.weight");
            double deviation = up.detach().norm().item() / Math.sqrt(up.elementCount());
            assertThat(deviation).isBetween(0.018, 0.022);
            assertThat(model.parameters.get("meft.layer.1.alone.up.bias").toFloats()).containsOnly(0);
        }
    }

    // ---- settings that make no sense --------------------------------------------------------------------------------

    @Test
    void allProblemsAreReportedTogether() {
        assertThatThrownBy(() -> new MeftSettings(MeftVariant.MEFT1, 0, 0.1234,
                        new AdapterSettings.Bottleneck(0, null, OptionalDouble.of(1), -1), OptionalInt.of(-2),
                        ShallowLayers.FROZEN, Reconstruction.EXACT, OptionalInt.of(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("These MEFT settings are not usable: ")
                .hasMessageContainingAll("lambda must be a multiple of 0.001 from 0.001 to 10, not 0.0", "beta", "0.1234",
                        "width must be at least 1, not 0", "dropout must be in [0, 1), not 1.0", "deviation", "not -2",
                        "tokens at once");
        assertThatThrownBy(() -> MeftSettings.of(MeftVariant.MEFT1).withLayers(0, ShallowLayers.FROZEN))
                .hasMessageContaining("nothing would be trained");
        assertThatThrownBy(() -> MeftSettings.of(MeftVariant.MEFT2)
                        .withAdapter(new AdapterSettings.LowRank(0, -1, 2)))
                .hasMessageContainingAll("rank", "alpha", "dropout");
    }

    @Test
    void moreReversibleLayersThanLayersAreRefusedBeforeAnythingIsChanged() {
        try (ReversibleModel model = ReversibleModel.encoder(2, 0, MeftSettings.of(MeftVariant.MEFT1))) {
            long trained = model.parameters.trainable().size();
            assertThatThrownBy(() -> Meft.attach(model.stack, model.parameters,
                            MeftSettings.of(MeftVariant.MEFT1).withLayers(3, ShallowLayers.FROZEN),
                            model.stack.embeddings().dtype(), name -> false))
                    .hasMessage("The model has 2 layers, so 3 of them cannot be reversible");
            assertThat(model.parameters.trainable()).hasSize((int) trained);
            assertThatThrownBy(() -> model.meft.running(MeftSettings.of(MeftVariant.MEFT2)))
                    .hasMessageContaining("cannot be changed once it has weights");
        }
    }

    @Test
    void smallModelsTakeMoreTokensAtOnce() {
        MeftSettings automatic = MeftSettings.of(MeftVariant.MEFT1);
        assertThat(automatic.tokensAtOnceOf(384)).isEqualTo(2048);
        assertThat(automatic.tokensAtOnceOf(768)).isEqualTo(1024);
        assertThat(automatic.tokensAtOnceOf(4096)).isEqualTo(1024);
        assertThat(automatic.withTokensAtOnce(12).tokensAtOnceOf(384)).isEqualTo(12);
        assertThat(automatic.withTokensAtOnce(0).tokensAtOnceOf(384)).isZero();
    }

    @Test
    void namesAreReadBack() {
        for (String name : List.of("exact", "exact-32", "exact-64", "anchors", "anchors-3", "rounded")) {
            assertThat(Reconstruction.named(name)).hasToString(name);
        }
        for (String name : List.of("exact-16", "anchors-x", "rounded-1", "none", "anchors--1", "")) {
            assertThatThrownBy(() -> Reconstruction.named(name)).isInstanceOf(IllegalArgumentException.class);
        }
        for (MeftVariant variant : MeftVariant.values()) {
            assertThat(MeftVariant.named(variant.toString())).isSameAs(variant);
            assertThat(MeftVariant.of(variant.ordinal() + 1)).isSameAs(variant);
        }
        assertThatThrownBy(() -> MeftVariant.of(4)).hasMessage("There is no MEFT4: use 1, 2 or 3");
        assertThatThrownBy(() -> MeftVariant.named("meft0")).hasMessageContaining("[meft1, meft2, meft3]");
        for (ShallowLayers shallow : ShallowLayers.values()) {
            assertThat(ShallowLayers.named(shallow.toString())).isSameAs(shallow);
        }
        assertThatThrownBy(() -> ShallowLayers.named("cold")).hasMessageContaining("[frozen, trained]");
    }

    @Test
    void anchorsAreAsFarApartAsTheErrorAllows() {
        assertThat(anchors(MeftVariant.MEFT1, 0.1, 1)).isEqualTo(4);
        assertThat(anchors(MeftVariant.MEFT2, 1, 0.1)).isEqualTo(4);
        assertThat(anchors(MeftVariant.MEFT3, 0.1, 0.1)).isEqualTo(2);
        assertThat(anchors(MeftVariant.MEFT3, 0.001, 0.001)).isEqualTo(1);
        assertThat(anchors(MeftVariant.MEFT1, 1, 1)).isEqualTo(14);
        assertThat(MeftSettings.of(MeftVariant.MEFT1).anchorDistance()).isZero();
    }

    private static int anchors(MeftVariant variant, double lambda, double beta) {
        return MeftSettings.of(variant).withFactors(lambda, beta)
                .withReconstruction(Reconstruction.named("anchors")).anchorDistance();
    }
}
