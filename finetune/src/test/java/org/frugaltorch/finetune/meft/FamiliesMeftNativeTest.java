package org.frugaltorch.finetune.meft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.NothingLeft;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.FinalStates;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenSelection;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.tokentune.WeightedSelection;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family is made reversible without a line of its own, encoders beside decoders and pictures included. */
@ExtendWith(NothingLeft.class)
class FamiliesMeftNativeTest {
    private static final double TOLERANCE = 1e-4;

    static Stream<Arguments> families() {
        return Stream.of("roberta", "opt-classification", "bart-classification", "vit")
                .flatMap(name -> Stream.of(MeftVariant.values()).map(variant -> Arguments.of(name, variant)));
    }

    private static SequenceClassifier classifier(String name, double dropout) {
        return classifier(name, ModelDirectory.open(Golden.directory(name)).pooling(), dropout);
    }

    private static SequenceClassifier classifier(String name, Pooling pooling, double dropout) {
        Engine.seed(7); // heads of language models are new
        return new SequenceClassifierDirectory(ModelDirectory.open(Golden.directory(name))).load(new ClassifierSettings(
                List.of("a", "b", "c"), pooling, DType.FLOAT32, Device.CPU, OptionalDouble.of(dropout)));
    }

    private static Meft meft(SequenceClassifier model, MeftSettings settings) {
        Engine.seed(2);
        return Meft.attach(model.backbone().stacks(), model.parameters(), settings, DType.FLOAT32, name -> false);
    }

    private static Map<String, Tensor> gradients(SequenceClassifier model, ActivationStrategy meft, Golden golden) {
        model.parameters().clearGrads();
        Engine.seed(4);
        TokenBatch batch = golden.batchFor(model.stack().config());
        Tensor logits = model.logits(meft, batch, ForwardMode.train(4));
        Tensor labels = Tensors.of(new long[batch.rows()]);
        Backward.run(Functional.crossEntropy(logits, labels, LossReduction.MEAN, -100, 0));
        Map<String, Tensor> gradients = new TreeMap<>();
        model.parameters().trainableByName().forEach((name, parameter) -> gradients.put(name, parameter.grad()));
        return gradients;
    }

    @ParameterizedTest
    @MethodSource("families")
    void gradientsAreTheOrdinaryOnesARowAtATime(String name, MeftVariant variant) {
        MeftSettings settings = MeftSettings.of(variant).withTokensAtOnce(1);
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                SequenceClassifier model = classifier(name, 0)) {
            Meft meft = meft(model, settings);
            Map<String, Tensor> ordinary =
                    gradients(model, meft.running(settings.withLayers(0, ShallowLayers.TRAINED)), golden);
            assertThat(ordinary.values()).doesNotContainNull().hasSize(
                    8 * model.backbone().stacks().stream().mapToInt(stack -> stack.blocks().size()).sum());
            Golden.assertGradientsClose(gradients(model, meft, golden), ordinary, TOLERANCE);
        }
    }

    static Stream<Arguments> readings() {
        return Stream.of("bert", "opt-classification", "bart-classification", "vit", "llama")
                .flatMap(name -> Stream.of(Pooling.CLS, Pooling.LAST).flatMap(pooling -> Stream.of(MeftVariant.values())
                        .flatMap(variant -> Stream.of(true, false).map(
                                all -> Arguments.of(name, pooling, variant, all)))));
    }

    @ParameterizedTest
    @MethodSource("readings")
    void whatIsNotReadMakesNoDifference(String name, Pooling pooling, MeftVariant variant, boolean allTokens) {
        MeftSettings settings = MeftSettings.of(variant).withTokensAtOnce(24);
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                SequenceClassifier model = classifier(name, pooling, 0)) {
            WeightedSelection.Anchors anchors =
                    pooling == Pooling.LAST ? WeightedSelection.Anchors.ENDS : WeightedSelection.Anchors.FIRST;
            TokenSelection half = new WeightedSelection(new TokenShare.Ratio(0.5), TokenImportance.RANDOM, anchors);
            Meft meft = allTokens ? meft(model, settings) : meft(model, settings).over(half::select);
            Map<String, Tensor> expected = gradients(model, computingAll(meft), golden);
            Golden.assertGradientsClose(gradients(model, meft, golden), expected, TOLERANCE);
            Meft ordinary = meft.running(settings.withLayers(0, ShallowLayers.TRAINED));
            Golden.assertGradientsClose(gradients(model, ordinary, golden), expected, TOLERANCE);
        }
    }

    private static ActivationStrategy computingAll(Meft meft) {
        return (stack, batch, mode, wanted) -> meft.run(stack, batch, mode, FinalStates.ALL);
    }

    @Test
    void aSelectionWithoutTheTokenThatIsReadIsRefused() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert");
                SequenceClassifier model = classifier("bert", Pooling.LAST, 0)) {
            Meft firsts = meft(model, MeftSettings.of(MeftVariant.MEFT1)).over((stack, batch, seed) ->
                    IntStream.range(0, batch.rows()).mapToObj(row -> new int[] {0}).toArray(int[][]::new));
            assertThatThrownBy(() -> gradients(model, firsts, golden))
                    .hasMessageContaining("a selection of tokens must always contain it");
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void soTheyAreWithDropoutThroughSomeTokens(String name, MeftVariant variant) {
        MeftSettings settings = MeftSettings.of(variant).withTokensAtOnce(0);
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                SequenceClassifier model = classifier(name, 0.1)) {
            WeightedSelection.Anchors anchors = model.stack().config().layout().causal()
                    ? WeightedSelection.Anchors.ENDS : WeightedSelection.Anchors.FIRST;
            TokenSelection half = new WeightedSelection(new TokenShare.Ratio(0.5), TokenImportance.RANDOM, anchors);
            Meft meft = meft(model, settings).over(half::select);
            Golden.assertGradientsClose(gradients(model, meft, golden),
                    gradients(model, meft.running(settings.withLayers(0, ShallowLayers.TRAINED)), golden), TOLERANCE);
        }
    }

    @Test
    void everyStackOfAModelComesBackByItself() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bart-classification");
                SequenceClassifier model = classifier("bart-classification", 0.1)) {
            Meft meft = meft(model, MeftSettings.of(MeftVariant.MEFT3));
            TransformerStack encoder = model.backbone().stacks().getFirst();
            TokenBatch batch = golden.batchFor(model.stack().config());
            assertThat(ReconstructionErrors.of(meft, encoder, batch, ForwardMode.train(1)))
                    .hasSize(encoder.blocks().size()).containsOnly(0);
            assertThat(model.parameters().trainableByName().keySet())
                    .anyMatch(parameter -> parameter.startsWith("meft.stack0.layer.0.attention."))
                    .anyMatch(parameter -> parameter.startsWith("meft.stack1.layer.0.feed_forward."));
        }
    }
}
