package org.frugaltorch.finetune.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.NothingLeft;
import org.frugaltorch.finetune.TinyBert;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.meft.AdapterSettings;
import org.frugaltorch.finetune.meft.MeftSettings;
import org.frugaltorch.finetune.meft.MeftVariant;
import org.frugaltorch.finetune.meft.Reconstruction;
import org.frugaltorch.finetune.meft.ShallowLayers;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.quant.FourBitFormat;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenSelection;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.tokentune.WeightedSelection;
import org.frugaltorch.io.DataException;
import org.frugaltorch.nn.Activation;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Reversible classifiers with low-rank corrections, weights in four bits and some tokens; on disk and back. */
@ExtendWith(NothingLeft.class)
class MeftClassifierNativeTest {
    private static final double TOLERANCE = 1e-4;
    private static final int HIDDEN = 64;
    private static final int ROWS = 3;
    private static final int WIDTH = 9;
    private static final List<String> LABELS = List.of("a", "b", "c");
    private static final Quantisation NF4 = new Quantisation(FourBitFormat.NF4, true, DType.FLOAT32);

    @TempDir
    private static Path shared;
    private static ModelDirectory base;

    @TempDir
    private Path folder;

    @BeforeAll
    static void write() {
        base = ModelDirectory.open(TinyBert.write(shared.resolve("model"), HIDDEN, 95));
    }

    private static MeftClassifier<SequenceClassifier> classifier(MeftRecipe recipe, double dropout, DType dtype) {
        return classifier(recipe, Optional.empty(), dropout, dtype);
    }

    private static MeftClassifier<SequenceClassifier> classifier(
            MeftRecipe recipe, Optional<TokenSelection> tokens, double dropout, DType dtype) {
        Engine.seed(9);
        ClassifierSettings settings =
                new ClassifierSettings(LABELS, Pooling.MEAN, dtype, Device.CPU, OptionalDouble.of(dropout));
        MeftClassifier<SequenceClassifier> made = MeftClassifier.make(
                treatment -> new SequenceClassifierDirectory(base).load(settings, name -> true, treatment), recipe,
                config -> tokens);
        // Low-rank corrections begin at zero, where half of their gradients are zero too.
        try (TensorScope scope = TensorScope.open()) {
            made.model().parameters().trainableByName().forEach((name, parameter) -> {
                if (name.contains("lora_B")) {
                    parameter.detach().normalInPlace(0, 0.05);
                }
            });
        }
        return made;
    }

    private static TokenBatch batch() {
        boolean[] valid = new boolean[ROWS * WIDTH];
        Arrays.fill(valid, true);
        Arrays.fill(valid, 2 * WIDTH - 3, 2 * WIDTH, false);
        return new TokenBatch(ROWS, WIDTH, new Random(3).longs(valid.length, 5, 90).toArray(), valid,
                new long[valid.length]);
    }

    private static Map<String, Tensor> gradients(MeftClassifier<SequenceClassifier> classifier) {
        Engine.seed(4);
        Tensor logits = classifier.model().logits(classifier.layers().training(), batch(), ForwardMode.train(4));
        Backward.run(Functional.crossEntropy(logits, Tensors.of(new long[] {0, 2, 1}), LossReduction.MEAN, -100, 0));
        Map<String, Tensor> gradients = new TreeMap<>();
        classifier.model().parameters().trainableByName()
                .forEach((name, parameter) -> gradients.put(name, parameter.grad()));
        return gradients;
    }

    private static final TokenSelection SOME =
            new WeightedSelection(new TokenShare.Ratio(0.4), TokenImportance.RANDOM);

    static Stream<Arguments> combinations() {
        AdapterSettings lora = new AdapterSettings.LowRank(4, 8, 0.1);
        return Stream.of(MeftVariant.values()).map(variant -> MeftSettings.of(variant).withTokensAtOnce(0))
                .flatMap(settings -> Stream.of(
                        Arguments.of(new MeftRecipe(settings), Optional.empty()),
                        Arguments.of(new MeftRecipe(settings), Optional.of(SOME)),
                        Arguments.of(new MeftRecipe(settings).quantised(NF4), Optional.empty()),
                        Arguments.of(new MeftRecipe(settings.withAdapter(lora)), Optional.empty()),
                        Arguments.of(new MeftRecipe(settings.withAdapter(lora)).quantised(NF4), Optional.of(SOME))));
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void everyCombinationHasTheOrdinaryGradients(MeftRecipe recipe, Optional<TokenSelection> tokens) {
        MeftRecipe ordinary = recipe.with(recipe.settings().withLayers(0, ShallowLayers.TRAINED));
        try (TensorScope scope = TensorScope.open();
                MeftClassifier<SequenceClassifier> reversible = classifier(recipe, tokens, 0.1, DType.FLOAT32);
                MeftClassifier<SequenceClassifier> plain = classifier(ordinary, tokens, 0.1, DType.FLOAT32)) {
            Map<String, Tensor> gradients = gradients(reversible);
            assertThat(gradients.keySet()).contains("classifier.weight", "classifier.bias")
                    .allMatch(name -> name.startsWith("classifier.") || name.startsWith("meft.layer.")
                            || name.contains(".lora_"));
            assertThat(gradients.keySet().stream().anyMatch(name -> name.contains("attention.self.query.lora_A")))
                    .isEqualTo(recipe.settings().adapter() instanceof AdapterSettings.LowRank);
            Golden.assertGradientsClose(gradients, gradients(plain), TOLERANCE);
        }
    }

    @Test
    void inBfloat16TheSameSeedGivesTheSameBits() {
        MeftRecipe recipe = new MeftRecipe(MeftSettings.of(MeftVariant.MEFT3));
        try (TensorScope scope = TensorScope.open();
                MeftClassifier<SequenceClassifier> once = classifier(recipe, 0.1, DType.BFLOAT16);
                MeftClassifier<SequenceClassifier> again = classifier(recipe, 0.1, DType.BFLOAT16)) {
            Map<String, Tensor> first = gradients(once);
            assertThat(first.get("meft.layer.0.attention.up.weight").dtype()).isEqualTo(DType.FLOAT32);
            gradients(again).forEach((name, gradient) ->
                    assertThat(gradient.toFloats()).as(name).isEqualTo(first.get(name).toFloats()));
        }
    }

    @Test
    void matricesInFourBitsAreMultipliedInTheTypeOfTheModel() {
        Path target = folder.resolve("bfloat16");
        ClassifierSettings settings = new ClassifierSettings(
                LABELS, Pooling.MEAN, DType.BFLOAT16, Device.CPU, OptionalDouble.of(0));
        try (PreparedClassifier<SequenceClassifier> made = PreparedClassifier.make(
                base, settings, Method.named("meft1+nf4"), PreparedClassifier.usualRecipe(base, DType.BFLOAT16))) {
            assertThat(computedIn(made.reversible().orElseThrow())).isEqualTo(DType.BFLOAT16);
            made.save(new SequenceClassifierDirectory(base), LABELS, target);
        }
        try (MeftClassifier<SequenceClassifier> loaded = open(target, null).load(DType.BFLOAT16, Device.CPU)) {
            assertThat(computedIn(loaded)).isEqualTo(DType.BFLOAT16);
        }
    }

    private static MeftDirectory<SequenceClassifier> open(Path path, Path base) {
        return MeftDirectory.open(path, base, SequenceClassifierDirectory::new);
    }

    private static DType computedIn(MeftClassifier<SequenceClassifier> classifier) {
        return classifier.layers().recipe().quantisation().orElseThrow().computeType();
    }

    @Test
    void correctionsAreOnReversibleBlocksOfTheKindThatIsAskedFor() {
        MeftSettings settings = MeftSettings.of(MeftVariant.MEFT1).withLayers(1, ShallowLayers.FROZEN)
                .withAdapter(new AdapterSettings.LowRank(2, 4, 0));
        MeftRecipe recipe = new MeftRecipe(settings, TargetModules.named("query", "intermediate.dense"),
                Optional.empty());
        try (MeftClassifier<SequenceClassifier> classifier = classifier(recipe, 0, DType.FLOAT32)) {
            assertThat(classifier.model().parameters().trainableByName().keySet()).containsExactlyInAnyOrder(
                    "bert.encoder.layer.1.attention.self.query.lora_A.default.weight",
                    "bert.encoder.layer.1.attention.self.query.lora_B.default.weight",
                    "bert.encoder.layer.1.intermediate.dense.lora_A.default.weight",
                    "bert.encoder.layer.1.intermediate.dense.lora_B.default.weight",
                    "meft.layer.1.alone.lora_A.weight", "meft.layer.1.alone.lora_B.weight",
                    "classifier.weight", "classifier.bias");
        }
        MeftRecipe none = new MeftRecipe(settings, TargetModules.named("q_proj"), Optional.empty());
        assertThatThrownBy(() -> classifier(none, 0, DType.FLOAT32))
                .hasMessageContainingAll("match no linear layer", "attention.self.query");
    }

    // ---- on disk ----------------------------------------------------------------------------------------------------

    static Stream<MeftRecipe> storedRecipes() {
        return Stream.of(
                new MeftRecipe(MeftSettings.of(MeftVariant.MEFT1)),
                new MeftRecipe(MeftSettings.of(MeftVariant.MEFT2).withLayers(1, ShallowLayers.FROZEN)
                        .withFactors(0.5, 0.25).withAdapter(new AdapterSettings.Bottleneck(
                                3, Activation.RELU, OptionalDouble.of(0.2), 0.1))
                        .withReconstruction(Reconstruction.named("anchors-2"))).quantised(NF4),
                new MeftRecipe(MeftSettings.of(MeftVariant.MEFT3).withAdapter(new AdapterSettings.LowRank(2, 4, 0.1)),
                        TargetModules.named("query", "value", "dense"), Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("storedRecipes")
    void whatIsSavedIsLoadedAgain(MeftRecipe recipe) {
        Path target = folder.resolve("saved");
        try (TensorScope scope = TensorScope.open();
                MeftClassifier<SequenceClassifier> classifier = classifier(recipe, 0, DType.FLOAT32);
                GradMode off = GradMode.disabled()) {
            change(classifier);
            MeftDirectory.write(classifier, new SequenceClassifierDirectory(base), LABELS, target);
            assertThat(MeftDirectory.isOne(target)).isTrue();
            MeftDirectory<SequenceClassifier> directory = open(target, null);
            assertThat(directory.labels()).isEqualTo(LABELS);
            assertThat(directory.pooling()).contains(Pooling.MEAN);
            assertThat(directory.recipe()).isEqualTo(recipe);
            try (MeftClassifier<SequenceClassifier> loaded = directory.load(DType.FLOAT32, Device.CPU)) {
                assertThat(logits(loaded.layers().evaluation(), loaded))
                        .isEqualTo(logits(classifier.layers().evaluation(), classifier));
            }
        }
    }

    /** As training would. */
    private static void change(MeftClassifier<SequenceClassifier> classifier) {
        try (TensorScope scope = TensorScope.open()) {
            classifier.model().parameters().trainable().forEach(parameter -> parameter.detach().normalInPlace(0, 0.05));
        }
    }

    private static float[] logits(ActivationStrategy strategy, MeftClassifier<SequenceClassifier> classifier) {
        return classifier.model().logits(strategy, batch(), ForwardMode.EVALUATE).toFloats();
    }

    @Test
    void whatDoesNotBelongTogetherIsRefused() throws IOException {
        Path target = folder.resolve("saved");
        MeftRecipe recipe = new MeftRecipe(MeftSettings.of(MeftVariant.MEFT1));
        try (MeftClassifier<SequenceClassifier> classifier = classifier(recipe, 0, DType.FLOAT32)) {
            MeftDirectory.write(classifier, new SequenceClassifierDirectory(base), LABELS, target);
        }
        Path other = TinyBert.write(folder.resolve("other"));
        assertThatThrownBy(() -> open(target, other).load(DType.FLOAT32, Device.CPU))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("do not belong to the model in " + other, "meft.layer.0", "and ", " more");
        change(target, json -> json.put("base_model_name_or_path", folder.resolve("gone").toString()));
        assertThatThrownBy(() -> open(target, null)).isInstanceOf(DataException.class)
                .hasMessageContainingAll("gone", "not there", "--base");
        assertThat(open(target, base.path()).labels()).isEqualTo(LABELS);
        change(target, json -> json.put("x1_factor", 0));
        assertThatThrownBy(() -> open(target, base.path())).isInstanceOf(DataException.class)
                .hasMessageContainingAll("adapter_config.json", "lambda", "0.0");
        Files.delete(target.resolve("adapter_model.safetensors"));
        assertThatThrownBy(() -> open(target, null)).hasMessageContaining("is no adapter directory");
        assertThat(MeftDirectory.isOne(base.path())).isFalse();
    }

    private static void change(Path directory, Consumer<ObjectNode> edit) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Path file = directory.resolve("adapter_config.json");
        ObjectNode json = (ObjectNode) mapper.readTree(file.toFile());
        edit.accept(json);
        mapper.writeValue(file.toFile(), json);
    }
}
