package org.frugaltorch.finetune.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.NothingLeft;
import org.frugaltorch.finetune.TinyBert;
import org.frugaltorch.finetune.TinyLlama;
import org.frugaltorch.finetune.evaluation.ContinuationScorer;
import org.frugaltorch.finetune.evaluation.ScoredText;
import org.frugaltorch.finetune.generation.GenerationSettings;
import org.frugaltorch.finetune.generation.TextGenerator;
import org.frugaltorch.finetune.generation.TextReader;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.meft.AdapterSettings;
import org.frugaltorch.finetune.meft.MeftSettings;
import org.frugaltorch.finetune.meft.MeftVariant;
import org.frugaltorch.finetune.meft.Reconstruction;
import org.frugaltorch.finetune.meft.ShallowLayers;
import org.frugaltorch.finetune.method.Method.TokenChoice;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageBatch;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.finetune.quant.FourBitFormat;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Reversible language models: gradients, what is saved, and every use of them running through both streams. */
@ExtendWith(NothingLeft.class)
class MeftLanguageModelNativeTest {
    private static final double TOLERANCE = 5e-6;
    private static final int ROWS = 3;
    private static final int WIDTH = 12;
    private static final int PROMPT = 3;
    private static final Quantisation NF4 = new Quantisation(FourBitFormat.NF4, true, DType.FLOAT32);
    private static final Optional<TokenChoice> HALF =
            Optional.of(new TokenChoice(new TokenShare.Ratio(0.5), TokenImportance.RANDOM));

    @TempDir
    private Path folder;

    private static ModelDirectory directory(String family) {
        return ModelDirectory.open(Golden.directory(family));
    }

    /** A model with adapters as training would leave them. */
    private static AdaptedModel made(String family, MeftRecipe recipe, Optional<TokenChoice> tokens, DType type) {
        Engine.seed(9);
        AdaptedModel made = AdaptedModel.make(directory(family)::languageModel, Method.meft(recipe, tokens),
                new AdaptedModel.Recipe(type, new LoraSettings(8, 16, TargetModules.ALL_LINEAR), Quantisation.QLORA));
        try (TensorScope scope = TensorScope.open()) {
            made.model().parameters().trainable().forEach(adapter -> adapter.detach().normalInPlace(0, 0.1));
        }
        return made;
    }

    private static LanguageBatch batch() {
        boolean[] valid = new boolean[ROWS * WIDTH];
        long[] ids = new Random(3).longs(valid.length, 4, 90).toArray();
        long[] labels = new long[ids.length];
        Arrays.fill(labels, LanguageBatch.IGNORED);
        for (int row = 0; row < ROWS; row++) {
            int start = row * WIDTH;
            int length = WIDTH - 2 * row;
            Arrays.fill(valid, start, start + length, true);
            System.arraycopy(ids, start + PROMPT, labels, start + PROMPT, length - PROMPT);
        }
        return new LanguageBatch(new TokenBatch(ROWS, WIDTH, ids, valid, new long[ids.length]), labels);
    }

    // ---- gradients --------------------------------------------------------------------------------------------------

    private static Map<String, Tensor> gradients(AdaptedModel adapted, LanguageLoss loss) {
        adapted.model().parameters().clearGrads();
        Engine.seed(4);
        Backward.run(adapted.model().loss(adapted.training(), batch(), ForwardMode.train(4), loss));
        Map<String, Tensor> gradients = new TreeMap<>();
        adapted.model().parameters().trainableByName()
                .forEach((name, parameter) -> gradients.put(name, parameter.grad()));
        return gradients;
    }

    static Stream<Arguments> combinations() {
        return Stream.of("opt", "llama").flatMap(family -> Stream.of(MeftVariant.values()).flatMap(variant -> {
            MeftSettings usual = MeftSettings.of(variant);
            MeftSettings lora = usual.withAdapter(new AdapterSettings.LowRank(4, 8, 0.1));
            return Stream.of(
                    Arguments.of(family, new MeftRecipe(usual), Optional.empty(), LanguageLoss.PLAIN),
                    Arguments.of(family, new MeftRecipe(usual), HALF, LanguageLoss.CHUNKED),
                    Arguments.of(family, new MeftRecipe(lora).quantised(NF4), HALF, LanguageLoss.PLAIN));
        }));
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void everyAdapterHasTheGradientOfOrdinaryBackPropagation(
            String family, MeftRecipe recipe, Optional<TokenChoice> tokens, LanguageLoss loss) {
        MeftRecipe whole = recipe.with(recipe.settings().withTokensAtOnce(0));
        MeftRecipe ordinary = whole.with(whole.settings().withLayers(0, ShallowLayers.TRAINED));
        try (TensorScope scope = TensorScope.open();
                AdaptedModel reversible = made(family, whole, tokens, DType.FLOAT32);
                AdaptedModel plain = made(family, ordinary, tokens, DType.FLOAT32)) {
            Map<String, Tensor> gradients = gradients(reversible, loss);
            assertThat(gradients.keySet()).anyMatch(name -> name.contains("layer.1.") || name.contains("layers.1."))
                    .allMatch(name -> name.startsWith("meft.layer.") || name.contains(".lora_"));
            gradients.forEach((name, gradient) ->
                    assertThat(gradient.abs().amax().item()).as("gradient of " + name).isPositive());
            Golden.assertGradientsClose(gradients, gradients(plain, loss), TOLERANCE);
        }
    }

    @Test
    void rowsApartAddUpToTheSameGradients() {
        MeftRecipe apart = new MeftRecipe(MeftSettings.of(MeftVariant.MEFT1).withTokensAtOnce(1));
        MeftRecipe together = apart.with(apart.settings().withTokensAtOnce(0));
        try (TensorScope scope = TensorScope.open();
                AdaptedModel one = made("llama", apart, Optional.empty(), DType.FLOAT32);
                AdaptedModel other = made("llama", together, Optional.empty(), DType.FLOAT32)) {
            Golden.assertGradientsClose(
                    gradients(one, LanguageLoss.PLAIN), gradients(other, LanguageLoss.PLAIN), TOLERANCE);
        }
    }

    // ---- on disk ----------------------------------------------------------------------------------------------------

    static Stream<Arguments> storedRecipes() {
        MeftRecipe lora = new MeftRecipe(
                MeftSettings.of(MeftVariant.MEFT3).withAdapter(new AdapterSettings.LowRank(2, 4, 0.1)));
        return Stream.of("opt", "llama").flatMap(family -> Stream.of(
                Arguments.of(family, new MeftRecipe(MeftSettings.of(MeftVariant.MEFT1))),
                Arguments.of(family, new MeftRecipe(
                        MeftSettings.of(MeftVariant.MEFT2).withLayers(1, ShallowLayers.FROZEN)).quantised(NF4)),
                Arguments.of(family, lora)));
    }

    @ParameterizedTest
    @MethodSource("storedRecipes")
    void whatIsSavedIsLoadedAgain(String family, MeftRecipe recipe) {
        Path target = folder.resolve("saved");
        try (TensorScope scope = TensorScope.open();
                AdaptedModel made = made(family, recipe, HALF, DType.FLOAT32)) {
            gradients(made, LanguageLoss.PLAIN); // its last pass was one of training, in which dropout acts
            made.save(directory(family), target);
            assertThat(MeftDirectory.isOne(target)).isTrue();
            try (AdaptedModel loaded = AdaptedModel.load(directory(family), target)) {
                assertThat(loss(loaded)).isEqualTo(loss(made));
                assertThat(loaded.reversible().orElseThrow().recipe()).isEqualTo(recipe);
                assertThat(logLikelihoods(loaded)).isEqualTo(logLikelihoods(made));
                assertThat(loaded.model().parameters().trainableByName().keySet())
                        .isEqualTo(made.model().parameters().trainableByName().keySet());
            }
        }
        assertThat(target.resolve("model.safetensors")).doesNotExist();
    }

    private static double loss(AdaptedModel adapted) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            return adapted.model().loss(adapted.evaluation(), batch(), ForwardMode.EVALUATE).item();
        }
    }

    private static List<List<Double>> logLikelihoods(AdaptedModel adapted) {
        try (ContinuationScorer scorer = new ContinuationScorer(adapted.model(), adapted.evaluation(), 64)) {
            return calls().stream()
                    .map(texts -> Arrays.stream(scorer.logLikelihoods(texts)).boxed().toList()).toList();
        }
    }

    @Test
    void fourBitsAreComputedInTheModelsTypeAndAdaptersKeptInFull() {
        MeftRecipe recipe = new MeftRecipe(MeftSettings.of(MeftVariant.MEFT1)).quantised(NF4);
        try (TensorScope scope = TensorScope.open();
                AdaptedModel made = made("llama", recipe, Optional.empty(), DType.BFLOAT16)) {
            assertThat(made.reversible().orElseThrow().recipe().quantisation().orElseThrow().computeType())
                    .isEqualTo(DType.BFLOAT16);
            assertThat(made.model().parameters().trainable())
                    .allMatch(adapter -> adapter.dtype() == DType.FLOAT32);
            gradients(made, LanguageLoss.PLAIN).forEach((name, gradient) ->
                    assertThat(gradient.abs().amax().item()).as(name).isPositive());
        }
    }

    @Test
    void whatDoesNotBelongTogetherIsRefused() {
        MeftRecipe tooDeep =
                new MeftRecipe(MeftSettings.of(MeftVariant.MEFT1).withLayers(3, ShallowLayers.FROZEN));
        assertThatThrownBy(() -> made("llama", tooDeep, Optional.empty(), DType.FLOAT32))
                .hasMessage("The model has 2 layers, so 3 of them cannot be reversible");
        Path target = folder.resolve("saved");
        try (AdaptedModel made =
                made("llama", new MeftRecipe(MeftSettings.of(MeftVariant.MEFT1)), Optional.empty(), DType.FLOAT32)) {
            made.save(directory("llama"), target);
        }
        ModelDirectory other = ModelDirectory.open(TinyLlama.write(folder.resolve("other"), 64, 16, 64, DType.FLOAT32));
        assertThatThrownBy(() -> AdaptedModel.load(other, target)).isInstanceOf(DataException.class)
                .hasMessageContaining("do not belong to the model in " + other.path());
        assertThatThrownBy(() -> MeftDirectory.open(target, null, SequenceClassifierDirectory::new))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("not to a classifier: use them with frugal generate");

        ModelDirectory bert = ModelDirectory.open(TinyBert.write(folder.resolve("bert"), 64, 95));
        Path classifier = folder.resolve("classifier");
        List<String> labels = List.of("a", "b");
        try (MeftClassifier<SequenceClassifier> made = MeftClassifier.make(
                treatment -> new SequenceClassifierDirectory(bert).load(
                        new ClassifierSettings(labels, Pooling.MEAN, DType.FLOAT32, Device.CPU,
                                OptionalDouble.empty()), name -> true, treatment),
                new MeftRecipe(MeftSettings.of(MeftVariant.MEFT1)), config -> Optional.empty())) {
            MeftDirectory.write(made, new SequenceClassifierDirectory(bert), labels, classifier);
        }
        assertThatThrownBy(() -> AdaptedModel.load(directory("llama"), classifier)).isInstanceOf(DataException.class)
                .hasMessageContaining("belong to a classifier").hasMessageContaining("frugal predict");
    }

    // ---- in use -----------------------------------------------------------------------------------------------------

    /** Answers after questions of all lengths; some exceed the positions. */
    private static List<List<ScoredText>> calls() {
        Random random = new Random(5);
        long[] story = random.longs(80, 4, 96).toArray();
        List<List<ScoredText>> calls = new ArrayList<>();
        for (int[] lengths : new int[][] {{12, 15}, {12, 15}, {8, 40}, {1, 3}, {60, 70}, {20, 25}}) {
            List<ScoredText> texts = new ArrayList<>();
            for (int option = 0; option < 3; option++) {
                long[] tokens = Arrays.copyOf(story, lengths[1] + option);
                for (int i = lengths[0]; i < tokens.length; i++) {
                    tokens[i] = 4 + random.nextInt(92);
                }
                texts.add(new ScoredText(tokens, lengths[0]));
            }
            calls.add(texts);
        }
        return calls;
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void answersAreScoredThroughBothStreams(String family) {
        MeftSettings settings =
                MeftSettings.of(MeftVariant.MEFT1).withReconstruction(new Reconstruction.Rounded());
        int longest = 64;
        try (TensorScope scope = TensorScope.open();
                AdaptedModel made = made(family, new MeftRecipe(settings), Optional.empty(), DType.FLOAT64);
                ContinuationScorer scorer = new ContinuationScorer(made.model(), made.evaluation(), longest)) {
            for (List<ScoredText> texts : calls()) {
                double[] actual = scorer.logLikelihoods(texts);
                for (int i = 0; i < actual.length; i++) {
                    ScoredText text = texts.get(i);
                    int gone = Math.max(0, text.tokens().length - longest - 1);
                    long[] tokens = Arrays.copyOfRange(text.tokens(), gone, text.tokens().length);
                    assertThat(actual[i]).isCloseTo(plainly(made, tokens, text.start() - gone), within(1e-9));
                }
            }
        }
    }

    static List<String> decoders() {
        return Golden.decoders();
    }

    /** Logarithm of the probability of all tokens from {@code start} on, by a pass of its own. */
    private static double plainly(AdaptedModel adapted, long[] tokens, int start) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            Tensor logs = Functional.logSoftmax(
                    logits(adapted, Arrays.copyOf(tokens, tokens.length - 1)), -1).select(0, 0);
            double sum = 0;
            for (int i = start; i < tokens.length; i++) {
                sum += logs.select(0, i - 1L).select(0, tokens[i]).item();
            }
            return sum;
        }
    }

    private static Tensor logits(AdaptedModel adapted, long[] text) {
        boolean[] valid = new boolean[text.length];
        Arrays.fill(valid, true);
        TokenBatch batch = new TokenBatch(1, text.length, text, valid, new long[text.length]);
        return adapted.model().logits(adapted.evaluation(), batch, ForwardMode.EVALUATE);
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void generationTakesTheLikeliestTokenOfWholePasses(String family) {
        long[] prompt = {1, 45, 7, 88, 19, 63, 27};
        MeftRecipe recipe = new MeftRecipe(MeftSettings.of(MeftVariant.MEFT3));
        try (TensorScope scope = TensorScope.open();
                AdaptedModel made = made(family, recipe, Optional.empty(), DType.FLOAT64)) {
            GenerationSettings greedy = GenerationSettings.greedy(16, Set.of());
            long[] generated = new TextGenerator(made.model(), made.evaluation()).generate(prompt, greedy);
            long[] text = prompt;
            for (long next : generated) {
                try (TensorScope step = TensorScope.open();
                        GradMode off = GradMode.disabled()) {
                    assertThat(next).isEqualTo(
                            logits(made, text).select(0, 0).select(0, text.length - 1L).argmax(0).itemLong());
                }
                text = Arrays.copyOf(text, text.length + 1);
                text[text.length - 1] = next;
            }
            assertThat(new TextGenerator(made.model(), new KeepAll()).generate(prompt, greedy)).isNotEqualTo(generated);
        }
    }

    static Stream<Arguments> readings() {
        return Golden.decoders().stream().flatMap(family -> Stream.of(MeftVariant.values()).flatMap(variant -> {
            MeftSettings usual = MeftSettings.of(variant);
            return Stream.of(usual, usual.withAdapter(new AdapterSettings.LowRank(4, 8, 0.1)),
                    usual.withLayers(1, ShallowLayers.FROZEN), usual.withLayers(1, ShallowLayers.TRAINED),
                    usual.withReconstruction(new Reconstruction.Anchored(1)).withTokensAtOnce(1))
                    .map(settings -> Arguments.of(family, settings));
        }));
    }

    /** Piece by piece with keys and values kept, and in branches: what whole passes give. */
    @ParameterizedTest
    @MethodSource("readings")
    void textsThatAreReadInPiecesGetTheScoresOfWholePasses(String family, MeftSettings settings) {
        long[] text = {1, 45, 7, 88, 19, 63, 27, 30, 5, 12};
        long[] otherEnd = {1, 45, 7, 88, 19, 63, 27, 71, 14, 66};
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled();
                AdaptedModel made = made(family, new MeftRecipe(settings), Optional.empty(), DType.FLOAT64);
                TextReader reader = new TextReader(made.model().stack(), made.evaluation(), 16)) {
            Tensor whole = logits(made, text).select(0, 0); // [T, V]
            Tensor other = logits(made, otherEnd).select(0, 0);
            requireEqual(read(made, reader.extend(text, 0, 4)).select(0, 0), whole.narrow(0, 0, 4));
            requireEqual(read(made, reader.extend(text, 4, 5)).select(0, 0), whole.narrow(0, 4, 1));
            requireEqual(read(made, reader.extend(text, 5, 7)).select(0, 0), whole.narrow(0, 5, 2));
            long[] positions = {7, 8, 9, 7, 8, 9};
            boolean[] valid = {true, true, true, true, true, true};
            Tensor branches = read(made, reader.branch(7, new TokenGroup(
                    2, 3, new long[] {30, 5, 12, 71, 14, 66}, new long[6], positions, valid))); // [2, 3, V]
            requireEqual(branches.select(0, 0), whole.narrow(0, 7, 3));
            requireEqual(branches.select(0, 1), other.narrow(0, 7, 3));
            requireEqual(read(made, reader.extend(text, 7, 10)).select(0, 0), whole.narrow(0, 7, 3));
        }
    }

    private static Tensor read(AdaptedModel made, Tensor states) {
        return made.model().head().forward(made.model().stack().finish(states));
    }

    private static void requireEqual(Tensor read, Tensor whole) {
        assertThat(read.sub(whole).norm().item()).isLessThan(1e-7 * whole.norm().item());
    }
}
