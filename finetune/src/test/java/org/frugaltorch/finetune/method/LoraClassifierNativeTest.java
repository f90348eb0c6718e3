package org.frugaltorch.finetune.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.NothingLeft;
import org.frugaltorch.finetune.lora.AdapterMerge;
import org.frugaltorch.finetune.lora.LoraBias;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.method.Method.TokenChoice;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.quant.FourBitFormat;
import org.frugaltorch.finetune.conversion.ModelQuantiser;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Classifiers with low-rank adapters, of every family: what is learnt, what is stored, what it merges to. */
@ExtendWith(NothingLeft.class)
class LoraClassifierNativeTest {
    private static final double ROUNDING = 1e-5;
    private static final double GRADIENTS = 1e-4;
    private static final List<String> LABELS = List.of("a", "b", "c");
    private static final List<String> FAMILIES =
            List.of("bert", "roberta", "opt-classification", "bart-classification", "vit");
    private static final Optional<TokenChoice> SOME =
            Optional.of(new TokenChoice(new TokenShare.Ratio(0.4), TokenImportance.RANDOM));

    @TempDir
    private Path folder;

    private static ModelDirectory base(String family) {
        return ModelDirectory.open(Golden.directory(family));
    }

    private static ClassifierSettings settings(Pooling pooling) {
        return new ClassifierSettings(LABELS, pooling, DType.FLOAT32, Device.CPU, OptionalDouble.of(0));
    }

    private static AdaptedModel.Recipe recipe(ModelDirectory base, TargetModules targets) {
        return new AdaptedModel.Recipe(DType.FLOAT32,
                new LoraSettings(4, 6, 0, targets, false, LoraBias.NONE, base.classifierModules()),
                new Quantisation(FourBitFormat.NF4, true, DType.FLOAT32));
    }

    private static PreparedClassifier<SequenceClassifier> made(
            ModelDirectory base, Method method, AdaptedModel.Recipe recipe) {
        Engine.seed(9);
        return PreparedClassifier.make(base, settings(base.pooling()), method, recipe);
    }

    /** As if trained: nothing is zero, and the head is another than the base's. */
    private static PreparedClassifier<SequenceClassifier> trained(
            ModelDirectory base, Method method, AdaptedModel.Recipe recipe) {
        PreparedClassifier<SequenceClassifier> classifier = made(base, method, recipe);
        Engine.seed(4);
        classifier.model().parameters().trainable().forEach(parameter -> parameter.detach().normalInPlace(0, 0.2));
        return classifier;
    }

    private static Tensor logits(PreparedClassifier<SequenceClassifier> classifier, Golden golden) {
        try (GradMode off = GradMode.disabled()) {
            return classifier.model().logits(classifier.evaluation(),
                    golden.batchFor(classifier.model().stack().config()), ForwardMode.EVALUATE);
        }
    }

    private static Map<String, Tensor> gradients(PreparedClassifier<SequenceClassifier> classifier, Golden golden) {
        Engine.seed(4);
        Tensor scores = classifier.model().logits(classifier.training(),
                golden.batchFor(classifier.model().stack().config()), ForwardMode.train(4));
        Backward.run(Functional.crossEntropy(scores, golden.tensor("labels"), LossReduction.MEAN, -100, 0));
        Map<String, Tensor> gradients = new TreeMap<>();
        classifier.model().parameters().trainableByName()
                .forEach((name, parameter) -> gradients.put(name, parameter.grad()));
        return gradients;
    }

    // ---- gradients --------------------------------------------------------------------------------------------------

    static Stream<Arguments> families() {
        return FAMILIES.stream().flatMap(family -> Stream.of(Optional.<TokenChoice>empty(), SOME)
                .map(tokens -> Arguments.of(family, tokens)));
    }

    /** By the chain rule: those of W + s B A, which full training has, times s A' and s B'. */
    @ParameterizedTest
    @MethodSource("families")
    void gradientsAreThoseOfTheWholeMatrices(String family, Optional<TokenChoice> tokens) {
        ModelDirectory base = base(family);
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(family);
                PreparedClassifier<SequenceClassifier> adapted = trained(
                        base, Method.of(Training.LORA, tokens), recipe(base, TargetModules.ALL_LINEAR));
                PreparedClassifier<SequenceClassifier> whole =
                        made(base, Method.of(Training.FULL, tokens), recipe(base, TargetModules.ALL_LINEAR))) {
            Parameters low = adapted.model().parameters();
            double scale = 6.0 / 4;
            List<String> layers = low.trainableByName().keySet().stream().filter(name -> name.contains(".lora_A."))
                    .map(name -> name.substring(0, name.indexOf(".lora_A."))).toList();
            assertThat(layers).hasSizeGreaterThanOrEqualTo(6 * base.config().numHiddenLayers());
            whole.model().parameters().asMap().forEach((name, parameter) -> parameter.detach().copyInPlace(low.get(name)));
            for (String layer : layers) {
                Tensor product = low.get(b(layer)).detach().matmul(low.get(a(layer)).detach()).mul(scale);
                Tensor matrix = whole.model().parameters().get(layer + ".weight").detach();
                matrix.copyInPlace(matrix.copy().add(product, 1));
            }
            Map<String, Tensor> actual = gradients(adapted, golden);
            Map<String, Tensor> full = gradients(whole, golden);
            Map<String, Tensor> expected = new TreeMap<>();
            for (String layer : layers) {
                Tensor gradient = full.get(layer + ".weight").mul(scale);
                expected.put(a(layer), low.get(b(layer)).detach().transpose(0, 1).matmul(gradient));
                expected.put(b(layer), gradient.matmul(low.get(a(layer)).detach().transpose(0, 1)));
            }
            full.keySet().stream().filter(name -> base.head().newLayers().stream().anyMatch(name::startsWith))
                    .forEach(name -> expected.put(name, full.get(name)));
            actual.forEach((name, gradient) ->
                    assertThat(gradient.abs().amax().item()).as("gradient of " + name).isPositive());
            Golden.assertGradientsClose(actual, expected, GRADIENTS);
        }
    }

    private static String a(String layer) {
        return layer + ".lora_A." + AdaptedModel.ADAPTER + ".weight";
    }

    private static String b(String layer) {
        return layer + ".lora_B." + AdaptedModel.ADAPTER + ".weight";
    }

    @ParameterizedTest
    @MethodSource("families")
    void whatIsKeptChangesNoGradient(String family, Optional<TokenChoice> tokens) {
        ModelDirectory base = base(family);
        TargetModules targets = TargetModules.queriesAndValues(base.family());
        for (Training training : List.of(Training.LORA, Training.QLORA)) {
            try (TensorScope scope = TensorScope.open();
                    Golden golden = Golden.open(family);
                    PreparedClassifier<SequenceClassifier> kept =
                            trained(base, Method.of(training, tokens), recipe(base, targets))) {
                Map<String, Tensor> expected = gradients(kept, golden);
                for (ActivationPolicy policy : List.of(ActivationPolicy.LEAN, ActivationPolicy.RECOMPUTE)) {
                    try (PreparedClassifier<SequenceClassifier> less =
                            trained(base, Method.of(training, tokens).under(policy), recipe(base, targets))) {
                        Golden.assertGradientsClose(gradients(less, golden), expected, ROUNDING);
                    }
                }
            }
        }
    }

    // ---- PEFT -------------------------------------------------------------------------------------------------------

    private static Path peft(String family) {
        return Golden.directory("lora-classifiers").resolve(family);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "opt-classification", "bart-classification", "vit"})
    void adaptersOfPeftGivePeftsScores(String family) {
        TrainedClassifier<SequenceClassifier> stored = TrainedClassifier.open(peft(family), Golden.directory(family));
        assertThat(stored.labels()).containsExactly("LABEL_0", "LABEL_1", "LABEL_2");
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(family);
                SafetensorsFile expected = SafetensorsFile.open(peft(family).resolve("golden.safetensors"));
                PreparedClassifier<SequenceClassifier> classifier = stored.load(DType.FLOAT32)) {
            SafetensorsFile.Entry entry = expected.entry("logits");
            Golden.assertClose("scores", logits(classifier, golden),
                    Tensors.wrap(entry.data(), entry.dtype(), expected, entry.shape()), ROUNDING);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "opt-classification", "bart-classification", "vit"})
    void filesHaveTheNamesAndShapesOfPefts(String family) throws IOException {
        ModelDirectory base = base(family);
        TargetModules usual = PreparedClassifier.usualRecipe(base, DType.FLOAT32).lora().targetModules();
        try (PreparedClassifier<SequenceClassifier> classifier =
                made(base, Method.of(Training.LORA, Optional.empty()), recipe(base, usual))) {
            classifier.save(new SequenceClassifierDirectory(base), LABELS, folder.resolve("adapter"));
        }
        assertThat(shapes(folder.resolve("adapter"))).isEqualTo(shapes(peft(family)));
        JsonNode config = config(folder.resolve("adapter"));
        JsonNode theirs = config(peft(family));
        assertThat(config.path("task_type")).isEqualTo(theirs.path("task_type"));
        assertThat(config.path("peft_type").asText()).isEqualTo("LORA");
        assertThat(config.path("base_model_name_or_path").asText()).isEqualTo(base.path().toString());
        assertThat(texts(theirs.path("modules_to_save"))).containsAll(texts(config.path("modules_to_save")));
        // PEFT knows ViT's layers by other names than the model's files; whole ones are given in their place.
        assertThat(texts(config.path("target_modules"))).isEqualTo(family.equals("vit")
                ? List.of("vit.layers.0.attention.q_proj", "vit.layers.0.attention.v_proj",
                        "vit.layers.1.attention.q_proj", "vit.layers.1.attention.v_proj")
                : texts(theirs.path("target_modules")));
    }

    private static Map<String, String> shapes(Path adapter) {
        try (SafetensorsFile file = SafetensorsFile.open(adapter.resolve("adapter_model.safetensors"))) {
            return file.names().stream().collect(Collectors.toMap(
                    name -> name, name -> Arrays.toString(file.entry(name).shape())));
        }
    }

    /** As PEFT wrote them before Transformers 5 renamed layers of ViT in memory. */
    @Test
    void adaptersOfViTWithFormerNames() throws IOException {
        ModelDirectory base = base("vit");
        Path adapter = folder.resolve("adapter");
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("vit")) {
            Tensor expected;
            try (PreparedClassifier<SequenceClassifier> classifier = trained(
                    base, Method.of(Training.LORA, Optional.empty()),
                    recipe(base, TargetModules.ALL_LINEAR))) {
                expected = logits(classifier, golden);
                classifier.save(new SequenceClassifierDirectory(base), LABELS, adapter);
            }
            for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
                String bytes = Files.readString(adapter.resolve(file), StandardCharsets.ISO_8859_1);
                String former = bytes.replace("vit.layers.", "vit.encoder.layer.")
                        .replace("attention.q_proj", "attention.attention.query")
                        .replace("attention.k_proj", "attention.attention.key")
                        .replace("attention.v_proj", "attention.attention.value")
                        .replace("attention.o_proj", "attention.output.dense")
                        .replace("mlp.fc1", "intermediate.dense").replace("mlp.fc2", "output.dense");
                assertThat(former).isNotEqualTo(bytes);
                Files.write(adapter.resolve(file), file.endsWith(".json")
                        ? former.getBytes(StandardCharsets.ISO_8859_1)
                        : withHeaderLength(former.getBytes(StandardCharsets.ISO_8859_1), bytes, former));
            }
            try (PreparedClassifier<SequenceClassifier> again =
                    TrainedClassifier.open(adapter, null).load(DType.FLOAT32)) {
                assertThat(logits(again, golden).toFloats()).isEqualTo(expected.toFloats());
            }
        }
    }

    /** The header of a file of tensors begins with its length, which other names change. */
    private static byte[] withHeaderLength(byte[] file, String before, String after) {
        ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(0, buffer.getLong(0) + after.length() - before.length());
        return file;
    }

    private static JsonNode config(Path adapter) throws IOException {
        return new ObjectMapper().readTree(adapter.resolve("adapter_config.json").toFile());
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }

    // ---- files ------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"bert, LORA", "bert, QLORA", "roberta, LORA", "roberta, QLORA", "opt-classification, LORA",
        "bart-classification, QLORA", "bart-classification, LORA", "vit, LORA", "vit, QLORA"})
    void storedAndMergedClassifiersComputeTheSame(String family, Training training) {
        ModelDirectory base = base(family);
        Path adapter = folder.resolve("adapter");
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(family)) {
            Tensor expected;
            try (PreparedClassifier<SequenceClassifier> classifier = trained(
                    base, Method.of(training, Optional.empty()), recipe(base, TargetModules.ALL_LINEAR))) {
                expected = logits(classifier, golden);
                classifier.save(new SequenceClassifierDirectory(base), LABELS, adapter);
            }
            TrainedClassifier<SequenceClassifier> stored = TrainedClassifier.open(adapter, null);
            assertThat(stored.labels()).isEqualTo(LABELS);
            try (PreparedClassifier<SequenceClassifier> again = stored.load(DType.FLOAT32)) {
                assertThat(logits(again, golden).toFloats()).isEqualTo(expected.toFloats());
            }
            Path merged = folder.resolve("merged");
            new AdapterMerge(Optional.empty(), Long.MAX_VALUE).merge(base, adapter, merged);
            TrainedClassifier<SequenceClassifier> plain = TrainedClassifier.open(merged, null);
            assertThat(plain.labels()).isEqualTo(LABELS);
            assertThat(plain.base().quantisation()).isEmpty();
            try (PreparedClassifier<SequenceClassifier> whole = plain.load(DType.FLOAT32)) {
                Golden.assertClose("scores", logits(whole, golden), expected, ROUNDING);
            }
        }
    }

    /** A decoder, or an encoder with one, that never classified: its own head goes, the adapter's comes. */
    @ParameterizedTest
    @CsvSource({"opt, score", "bart, classification_head.out_proj", "llama, score"})
    void modelsWithoutAHeadForClassesGetOne(String family, String head) {
        ModelDirectory base = base(family);
        Path adapter = folder.resolve("adapter");
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(family)) {
            Tensor expected;
            try (PreparedClassifier<SequenceClassifier> classifier = trained(
                    base, Method.of(Training.LORA, Optional.empty()),
                    recipe(base, TargetModules.queriesAndValues(base.family())))) {
                expected = logits(classifier, golden);
                classifier.save(new SequenceClassifierDirectory(base), LABELS, adapter);
            }
            try (PreparedClassifier<SequenceClassifier> again =
                    TrainedClassifier.open(adapter, null).load(DType.FLOAT32)) {
                assertThat(logits(again, golden).toFloats()).isEqualTo(expected.toFloats());
            }
            Path merged = folder.resolve("merged");
            new AdapterMerge(Optional.empty(), Long.MAX_VALUE).merge(base, adapter, merged);
            try (SafetensorsFile file = SafetensorsFile.open(merged.resolve("model.safetensors"))) {
                assertThat(file.names()).contains(head + ".weight").noneMatch(name -> name.startsWith("lm_head"));
            }
            try (PreparedClassifier<SequenceClassifier> whole =
                    TrainedClassifier.open(merged, null).load(DType.FLOAT32)) {
                Golden.assertClose("scores", logits(whole, golden), expected, ROUNDING);
            }
        }
    }

    @Test
    void aModelThatIsStoredInFourBitsIsAdaptedAsItIs() {
        Path fourBits = folder.resolve("four-bits");
        new ModelQuantiser(new Quantisation(FourBitFormat.FP4, true, DType.FLOAT32), List.of(), Long.MAX_VALUE)
                .quantise(base("bert"), fourBits);
        ModelDirectory base = ModelDirectory.open(fourBits);
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert")) {
            Tensor expected;
            try (PreparedClassifier<SequenceClassifier> classifier = trained(
                    base, Method.of(Training.LORA, SOME), recipe(base, TargetModules.ALL_LINEAR))) {
                gradients(classifier, golden).forEach((name, gradient) ->
                        assertThat(gradient.abs().amax().item()).as("gradient of " + name).isPositive());
                expected = logits(classifier, golden);
                classifier.save(new SequenceClassifierDirectory(base), LABELS, folder.resolve("adapter"));
            }
            try (PreparedClassifier<SequenceClassifier> again =
                    TrainedClassifier.open(folder.resolve("adapter"), null).load(DType.FLOAT32)) {
                assertThat(logits(again, golden).toFloats()).isEqualTo(expected.toFloats());
            }
        }
    }

    // ---- errors -----------------------------------------------------------------------------------------------------

    @Test
    void adaptersThatLackSomethingAreRefused() throws IOException {
        Path peft = peft("bert");
        assertThatThrownBy(() -> TrainedClassifier.open(peft, null)).isInstanceOf(DataException.class)
                .hasMessageContaining("the pretrained model bert, which is not there").hasMessageContaining("--base");
        TrainedClassifier<SequenceClassifier> ofAnother = TrainedClassifier.open(peft, Golden.directory("roberta"));
        assertThatThrownBy(() -> ofAnother.load(DType.FLOAT32)).isInstanceOf(DataException.class);
        Path headless = Files.createDirectories(folder.resolve("headless"));
        Files.copy(peft.resolve("adapter_config.json"), headless.resolve("adapter_config.json"));
        assertThatThrownBy(() -> TrainedClassifier.open(headless, Golden.directory("bert")))
                .isInstanceOf(DataException.class).hasMessageContaining("is no adapter directory");
    }

    @Test
    void usualLayersAreThoseOfPeft() {
        Map<String, String> usual = Map.of("bert", "query,value", "roberta", "query,value", "vit", "query,value",
                "opt", "q_proj,v_proj", "bart", "q_proj,v_proj", "llama", "q_proj,v_proj", "qwen3", "q_proj,v_proj");
        usual.forEach((family, names) -> assertThat(TargetModules.queriesAndValues(base(family).family()))
                .hasToString(names));
    }
}
