package org.frugaltorch.finetune.model;

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
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.nn.Activation;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.Norm;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RoBERTa, OPT, BART and ViT against Transformers, values and gradients. */
class FamiliesNativeTest {
    private static final double TOLERANCE = 1e-5;
    private static final double DOUBLE_TOLERANCE = 2e-7; // golden values are rounded to float32

    private static SequenceClassifier classifier(String name, DType type) {
        ModelDirectory directory = ModelDirectory.open(Golden.directory(name));
        return new SequenceClassifierDirectory(directory).load(new ClassifierSettings(
                List.of("a", "b", "c"), directory.pooling(), type, Device.CPU, OptionalDouble.empty()));
    }

    private static double tolerance(DType type) {
        return type == DType.FLOAT64 ? DOUBLE_TOLERANCE : TOLERANCE;
    }

    @ParameterizedTest
    @CsvSource({"roberta,FLOAT32,KEEP", "roberta,FLOAT64,LEAN", "roberta,FLOAT64,RECOMPUTE",
            "opt-classification,FLOAT32,KEEP", "opt-classification,FLOAT64,LEAN",
            "opt-classification,FLOAT64,RECOMPUTE",
            "bart-classification,FLOAT32,KEEP", "bart-classification,FLOAT64,LEAN",
            "bart-classification,FLOAT64,RECOMPUTE", "vit,FLOAT32,KEEP", "vit,FLOAT64,LEAN", "vit,FLOAT64,RECOMPUTE"})
    void classifiersEqualTransformers(String name, DType type, ActivationPolicy policy) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                SequenceClassifier model = classifier(name, type)) {
            TokenBatch batch = golden.batchFor(model.stack().config());
            Tensor logits = model.logits(new KeepAll(policy), batch, ForwardMode.train(1));
            Tensor loss = Functional.crossEntropy(logits, golden.tensor("labels"), LossReduction.MEAN, -100, 0);
            Golden.assertClose("logits", logits, golden.tensor("logits"), tolerance(type));
            Golden.assertClose("loss", loss, golden.tensor("loss"), tolerance(type));
            Backward.run(loss);
            golden.assertGradients("grad.", model.parameters(), tolerance(type));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta", "bart-classification", "vit"})
    void finalStatesEqualTransformers(String name) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                SequenceClassifier model = classifier(name, DType.FLOAT64)) {
            TokenBatch batch = golden.batchFor(model.stack().config());
            Tensor states = model.backbone().run(new KeepAll(), batch, ForwardMode.EVALUATE, FinalStates.ALL)
                    .hiddenStates();
            assertRealRowsClose("states", batch, states, golden.tensor("hidden"), DOUBLE_TOLERANCE);
        }
    }

    @ParameterizedTest
    @CsvSource({"opt,FLOAT32", "opt,FLOAT64", "opt-post-norm,FLOAT32", "opt-post-norm,FLOAT64"})
    void languageModelsEqualTransformers(String name, DType type) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                CausalLanguageModel model = Golden.languageModel(name, type)) {
            Tensor logits = model.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE);
            assertRealRowsClose("logits", golden.batch(), logits, golden.tensor("logits"), tolerance(type));
            Tensor loss = model.loss(new KeepAll(), golden.languageBatch(), ForwardMode.train(1));
            Golden.assertClose("loss", loss, golden.tensor("loss"), tolerance(type));
            Backward.run(loss);
            golden.assertGradients("grad.", model.parameters(), tolerance(type));
        }
    }

    /** The target of the golden file, padded where its labels are ignored. */
    private static TokenBatch target(Golden golden) {
        Tensor labels = golden.tensor("labels");
        long[] ids = labels.toLongs();
        boolean[] valid = new boolean[ids.length];
        for (int i = 0; i < ids.length; i++) {
            valid[i] = ids[i] != LanguageBatch.IGNORED;
            ids[i] = valid[i] ? ids[i] : 1;
        }
        return new TokenBatch((int) labels.size(0), (int) labels.size(1), ids, valid, new long[ids.length]);
    }

    private static TextToTextModel textToText(DType type) {
        return ModelDirectory.open(Golden.directory("bart")).textToTextModel(type, Device.CPU);
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32,KEEP", "FLOAT64,KEEP", "FLOAT64,RECOMPUTE"})
    void encoderAndDecoderEqualTransformers(DType type, ActivationPolicy policy) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bart");
                TextToTextModel model = textToText(type)) {
            TokenBatch target = target(golden);
            TokenBatch behind = target.shifted(model.backbone().startToken());
            Tensor logits = model.logits(new KeepAll(policy), golden.batch(), behind, ForwardMode.EVALUATE);
            assertRealRowsClose("logits", target, logits, golden.tensor("logits"), tolerance(type));
            Tensor loss = model.loss(new KeepAll(policy), golden.batch(), target, ForwardMode.train(1));
            Golden.assertClose("loss", loss, golden.tensor("loss"), tolerance(type));
            Backward.run(loss);
            golden.assertGradientsOfTrained("grad.", model.parameters(), tolerance(type));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta", "opt-classification", "bart-classification", "vit"})
    void savedClassifiersCarryTheSameNamesAndGiveTheSameScores(String name, @TempDir Path directory) {
        ModelDirectory original = ModelDirectory.open(Golden.directory(name));
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                SequenceClassifier model = classifier(name, DType.FLOAT32)) {
            new SequenceClassifierDirectory(original).save(model, List.of("a", "b", "c"), directory.resolve("saved"));
            ModelDirectory saved = ModelDirectory.open(directory.resolve("saved"));
            assertThat(saved.json().path("architectures").path(0))
                    .isEqualTo(original.json().path("architectures").path(0));
            assertThat(storedNames(directory.resolve("saved"))).isEqualTo(storedNames(Golden.directory(name)));
            try (SequenceClassifier again = new SequenceClassifierDirectory(saved).loadTrained(DType.FLOAT32, Device.CPU)) {
                Tensor logits = again.logits(
                        new KeepAll(), golden.batchFor(again.stack().config()), ForwardMode.EVALUATE);
                Golden.assertClose("logits", logits, golden.tensor("logits"), TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta", "opt-classification", "bart-classification", "vit"})
    void blocksKnowAllThatIsTrainedInThem(String name) {
        try (SequenceClassifier model = classifier(name, DType.FLOAT32)) {
            Set<Tensor> known = model.backbone().stacks().stream().flatMap(stack -> stack.blocks().stream())
                    .flatMap(block -> block.parameters().stream()).collect(Collectors.toSet());
            Set<Tensor> expected = model.parameters().asMap().entrySet().stream()
                    .filter(entry -> entry.getKey().matches(".*\\.layers?\\.[0-9]+\\..*"))
                    .map(Map.Entry::getValue).collect(Collectors.toSet());
            assertThat(expected).hasSizeGreaterThan(20);
            assertThat(known).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opt", "opt-post-norm"})
    void savedLanguageModelsCarryTheSameNames(String name, @TempDir Path directory) {
        try (TensorScope scope = TensorScope.open();
                CausalLanguageModel model = Golden.languageModel(name, DType.FLOAT32)) {
            ModelDirectory.open(Golden.directory(name)).save(model, directory.resolve("saved"));
            assertThat(storedNames(directory.resolve("saved"))).isEqualTo(storedNames(Golden.directory(name)));
        }
    }

    @Test
    void aSavedEncoderAndDecoderCarryTheSameNames(@TempDir Path directory) {
        try (TensorScope scope = TensorScope.open();
                TextToTextModel model = textToText(DType.FLOAT32)) {
            ModelDirectory.open(Golden.directory("bart")).save(model, directory.resolve("saved"));
            assertThat(storedNames(directory.resolve("saved"))).isEqualTo(storedNames(Golden.directory("bart")));
        }
    }

    /** A head for another number of classes is new; the layers below it are kept. */
    @ParameterizedTest
    @ValueSource(strings = {"roberta", "opt-classification", "bart-classification", "vit"})
    void aNewHeadIsDrawnForOtherClasses(String name) {
        ModelDirectory directory = ModelDirectory.open(Golden.directory(name));
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                SequenceClassifier model = new SequenceClassifierDirectory(directory).load(new ClassifierSettings(
                        List.of("a", "b", "c", "d", "e"),
                        directory.pooling(), DType.FLOAT32, Device.CPU, OptionalDouble.empty()))) {
            Tensor logits =
                    model.logits(new KeepAll(), golden.batchFor(model.stack().config()), ForwardMode.EVALUATE);
            assertThat(logits.shape()).containsExactly(3, 5);
            assertThat(Arrays.stream(logits.toDoubles()).distinct().count()).isGreaterThan(10);
        }
    }

    @Test
    void droppedActivationsAreReplayed() {
        try (TensorScope scope = TensorScope.open()) {
            FeedForward network = new FeedForward.Plain(new Linear(Tensors.randn(24, 8), null),
                    new Linear(Tensors.randn(8, 24), null), Activation.GELU, 0.5);
            Tensor input = Tensors.randn(2, 3, 8);
            ForwardMode mode = ForwardMode.train(1);
            Tensor kept = gradient(input, leaf -> network.forward(norm().forward(leaf), mode));
            Tensor replayed = gradient(input, leaf -> new LeanFeedForward(norm(), network, mode).apply(leaf)[1]);
            Golden.assertClose("gradient", replayed, kept, 1e-6);
            Tensor undropped = gradient(input, leaf -> network.forward(norm().forward(leaf), ForwardMode.EVALUATE));
            assertThat(Golden.relativeError(undropped, kept)).isGreaterThan(0.1);
        }
    }

    private static Tensor gradient(Tensor input, UnaryOperator<Tensor> function) {
        Engine.seed(5);
        Tensor leaf = input.copy().setRequiresGrad(true);
        Tensor output = function.apply(leaf);
        Backward.run(output.mul(output).sum());
        return leaf.grad();
    }

    private static Norm norm() {
        return new Norm.Layer(Tensors.ones(8), Tensors.zeros(8), 1e-5);
    }

    // ---- what cannot be done ------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"opt, layerdrop, 0.1, layerdrop 0.1 is not supported",
            "bart, normalize_before, true, normalize_before", "vit, patch_size, 5, does not divide",
            "roberta, max_position_embeddings, 2, max_position_embeddings must be",
            "opt, word_embed_proj_dim, 0, word_embed_proj_dim must be at least 1",
            "bart, d_model, 30, is no multiple of"})
    void configurationsThatComputeOtherwiseAreRefused(
            String name, String field, String value, String problem, @TempDir Path directory) throws IOException {
        ObjectNode config = ModelDirectory.open(Golden.directory(name)).json().deepCopy();
        config.set(field, new ObjectMapper().readTree(value));
        Files.writeString(directory.resolve("config.json"), config.toString());
        assertThatThrownBy(() -> ModelDirectory.open(directory)).isInstanceOf(DataException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void modelsOfOneKindDoNotPassForAnother() {
        assertThatThrownBy(() -> Golden.languageModel("bart", DType.FLOAT32)).isInstanceOf(DataException.class)
                .hasMessageContaining("answer a text instead of continuing it");
        ModelDirectory decoder = ModelDirectory.open(Golden.directory("opt"));
        assertThatThrownBy(() -> decoder.textToTextModel(DType.FLOAT32, Device.CPU))
                .isInstanceOf(DataException.class).hasMessageContaining("no encoder beside a decoder");
        try (TensorScope scope = TensorScope.open();
                Golden words = Golden.open("roberta");
                Golden pictures = Golden.open("vit");
                SequenceClassifier ofWords = classifier("roberta", DType.FLOAT32);
                SequenceClassifier ofPictures = classifier("vit", DType.FLOAT32)) {
            TokenBatch picture = pictures.batchFor(ofPictures.stack().config());
            assertThatThrownBy(() -> ofPictures.logits(new KeepAll(), words.batch(), ForwardMode.EVALUATE))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("cannot read text");
            assertThatThrownBy(() -> ofWords.logits(new KeepAll(), picture, ForwardMode.EVALUATE))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("cannot look at pictures");
        }
    }

    private static List<String> storedNames(Path directory) {
        try (var file = SafetensorsFile.open(directory.resolve("model.safetensors"))) {
            return file.names().stream().sorted().toList();
        }
    }

    private static void assertRealRowsClose(
            String what, TokenBatch batch, Tensor actual, Tensor expected, double tolerance) {
        Tensor rows = Tensors.of(
                IntStream.range(0, batch.valid().length).filter(i -> batch.valid()[i]).asLongStream().toArray());
        long size = expected.size(-1);
        Golden.assertClose(what, actual.reshape(-1, size).indexSelect(0, rows),
                expected.reshape(-1, size).indexSelect(0, rows), tolerance);
    }
}
