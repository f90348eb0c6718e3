package org.frugaltorch.finetune.method;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.NothingLeft;
import org.frugaltorch.finetune.lora.AdapterMerge;
import org.frugaltorch.finetune.lora.LoraBias;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.meft.MeftSettings;
import org.frugaltorch.finetune.meft.MeftVariant;
import org.frugaltorch.finetune.meft.ShallowLayers;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenClassifier;
import org.frugaltorch.finetune.model.TokenClassifierDirectory;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.tokentune.TokenSelection;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Classifiers of tokens with adapters: gradients through selected tokens, PEFT's files, and models on disk. */
@ExtendWith(NothingLeft.class)
class AdaptedTaggerNativeTest {
    private static final double TOLERANCE = 1e-5;
    private static final List<String> LABELS = List.of("O", "B-PER", "I-PER", "B-LOC", "I-LOC");
    private static final double SCALE = 6.0 / 4;

    @TempDir
    private Path folder;

    private static TokenClassifierDirectory base(String family) {
        return TokenClassifierDirectory.open(Golden.directory(family + "-tagging"));
    }

    private static Path peft(String family) {
        return Golden.directory("lora-classifiers").resolve(family + "-tagging");
    }

    private static AdaptedModel.Recipe recipe(TokenClassifierDirectory base) {
        return new AdaptedModel.Recipe(DType.FLOAT32,
                new LoraSettings(4, 6, 0, TargetModules.queriesAndValues(base.directory().family()), false,
                        LoraBias.NONE, base.head().newModules()),
                Quantisation.QLORA.computedIn(DType.FLOAT32));
    }

    private static PreparedClassifier<TokenClassifier> made(TokenClassifierDirectory base, Method method) {
        Engine.seed(9);
        return PreparedClassifier.make(base,
                ClassifierSettings.ofTokens(LABELS, DType.FLOAT32, Device.CPU, OptionalDouble.of(0)), method,
                recipe(base));
    }

    /** As if trained: nothing is zero, and the head is another than the base's. */
    private static PreparedClassifier<TokenClassifier> trained(TokenClassifierDirectory base, Method method) {
        PreparedClassifier<TokenClassifier> classifier = made(base, method);
        Engine.seed(4);
        classifier.model().parameters().trainable().forEach(parameter -> parameter.detach().normalInPlace(0, 0.2));
        return classifier;
    }

    private static Tensor logits(PreparedClassifier<TokenClassifier> classifier, Golden golden) {
        return real(classifier.model().scores(classifier.evaluation(), golden.batch(), ForwardMode.EVALUATE).logits(),
                golden);
    }

    /** Rows of real tokens. */
    private static Tensor real(Tensor logits, Golden golden) {
        return logits.mul(golden.tensor("attention_mask").to(logits.dtype()).unsqueeze(-1));
    }

    private static Map<String, Tensor> gradients(
            PreparedClassifier<TokenClassifier> classifier, ActivationStrategy strategy, Golden golden) {
        TokenBatch batch = golden.batch();
        long[] flat = golden.tensor("labels").toLongs();
        int[][] labels = new int[batch.rows()][batch.width()];
        for (int i = 0; i < flat.length; i++) {
            labels[i / batch.width()][i % batch.width()] = Math.toIntExact(flat[i]);
        }
        Backward.run(classifier.model().scores(strategy, batch, ForwardMode.train(1)).loss(labels));
        Map<String, Tensor> gradients = new TreeMap<>();
        classifier.model().parameters().trainableByName()
                .forEach((name, parameter) -> gradients.put(name, parameter.grad()));
        return gradients;
    }

    private static TokenSelection stored(Golden golden) {
        return (stack, any, seed) -> golden.columns("selected");
    }

    /** By the chain rule: those of W + s B A, which TokenTune of all weights has, times s A' and s B'. */
    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta"})
    void lowRankGradientsThroughSelectedTokens(String family) {
        TokenClassifierDirectory base = base(family);
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(family + "-tagging");
                PreparedClassifier<TokenClassifier> adapted = trained(base, Method.named("lora"));
                PreparedClassifier<TokenClassifier> whole = made(base, Method.full())) {
            Parameters low = adapted.model().parameters();
            List<String> layers = low.trainableByName().keySet().stream().filter(name -> name.contains(".lora_A."))
                    .map(name -> name.substring(0, name.indexOf(".lora_A."))).toList();
            assertThat(layers).hasSize(2 * base.directory().config().numHiddenLayers());
            whole.model().parameters().asMap()
                    .forEach((name, parameter) -> parameter.detach().copyInPlace(low.get(name)));
            for (String layer : layers) {
                Tensor product = matrix(low, layer, "B").matmul(matrix(low, layer, "A")).mul(SCALE);
                Tensor weight = whole.model().parameters().get(layer + ".weight").detach();
                weight.copyInPlace(weight.copy().add(product, 1));
            }
            Map<String, Tensor> full = gradients(whole, whole.through(stored(golden)), golden);
            Map<String, Tensor> expected = new TreeMap<>();
            for (String layer : layers) {
                Tensor gradient = full.get(layer + ".weight").mul(SCALE);
                expected.put(name(layer, "A"), matrix(low, layer, "B").transpose(0, 1).matmul(gradient));
                expected.put(name(layer, "B"), gradient.matmul(matrix(low, layer, "A").transpose(0, 1)));
            }
            List.of("classifier.weight", "classifier.bias").forEach(name -> expected.put(name, full.get(name)));
            Golden.assertGradientsClose(
                    gradients(adapted, adapted.through(stored(golden)), golden), expected, TOLERANCE);
        }
    }

    private static String name(String layer, String matrix) {
        return layer + ".lora_" + matrix + "." + AdaptedModel.ADAPTER + ".weight";
    }

    private static Tensor matrix(Parameters model, String layer, String matrix) {
        return model.get(name(layer, matrix)).detach();
    }

    @ParameterizedTest
    @CsvSource({"bert,MEFT1", "bert,MEFT2", "roberta,MEFT3"})
    void reversibleGradientsThroughSelectedTokens(String family, MeftVariant variant) {
        MeftSettings settings = MeftSettings.of(variant);
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(family + "-tagging");
                PreparedClassifier<TokenClassifier> reversible = made(base(family), meft(settings));
                PreparedClassifier<TokenClassifier> ordinary =
                        made(base(family), meft(settings.withLayers(0, ShallowLayers.TRAINED)))) {
            Map<String, Tensor> gradients = gradients(reversible, reversible.through(stored(golden)), golden);
            assertThat(gradients.keySet()).contains("classifier.weight", "classifier.bias")
                    .allMatch(name -> name.startsWith("classifier.") || name.startsWith("meft.layer."));
            Golden.assertGradientsClose(
                    gradients, gradients(ordinary, ordinary.through(stored(golden)), golden), 1e-4);
        }
    }

    private static Method meft(MeftSettings settings) {
        return Method.meft(new MeftRecipe(settings), Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta"})
    void adaptersOfPeftGivePeftsScores(String family) {
        assertThat(TrainedClassifier.isOfTokens(peft(family))).isTrue();
        TrainedClassifier<TokenClassifier> trained =
                TrainedClassifier.openOfTokens(peft(family), base(family).directory().path());
        assertThat(trained.labels()).isEqualTo(LABELS);
        Path merged = folder.resolve("merged");
        new AdapterMerge(Optional.empty(), Long.MAX_VALUE).merge(base(family).directory(), peft(family), merged);
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(family + "-tagging");
                SafetensorsFile file = SafetensorsFile.open(peft(family).resolve("golden.safetensors"));
                PreparedClassifier<TokenClassifier> classifier = trained.load(DType.FLOAT32);
                PreparedClassifier<TokenClassifier> whole =
                        TrainedClassifier.openOfTokens(merged, null).load(DType.FLOAT32)) {
            SafetensorsFile.Entry entry = file.entry("logits");
            Tensor expected = real(Tensors.wrap(entry.data(), entry.dtype(), file, entry.shape()), golden);
            Golden.assertClose("scores", logits(classifier, golden), expected, TOLERANCE);
            Golden.assertClose("merged scores", logits(whole, golden), expected, TOLERANCE);
        }
    }

    /** A classifier of texts, or none yet: its own head goes, the adapter's comes. */
    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta"})
    void modelsWithoutAHeadForTokensGetOne(String family) {
        TokenClassifierDirectory base = TokenClassifierDirectory.open(Golden.directory(family));
        Path adapter = folder.resolve("adapter");
        Path merged = folder.resolve("merged");
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(family);
                PreparedClassifier<TokenClassifier> classifier = trained(base, Method.named("lora"))) {
            classifier.save(base, LABELS, adapter);
            new AdapterMerge(Optional.empty(), Long.MAX_VALUE).merge(base.directory(), adapter, merged);
            TrainedClassifier<TokenClassifier> whole = TrainedClassifier.openOfTokens(merged, null);
            assertThat(whole.labels()).isEqualTo(LABELS);
            try (PreparedClassifier<TokenClassifier> loaded = whole.load(DType.FLOAT32)) {
                Golden.assertClose("merged scores", logits(loaded, golden), logits(classifier, golden), TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta"})
    void filesHaveTheNamesAndShapesOfPefts(String family) throws IOException {
        Path adapter = folder.resolve("adapter");
        try (PreparedClassifier<TokenClassifier> classifier = made(base(family), Method.named("lora"))) {
            classifier.save(base(family), LABELS, adapter);
        }
        assertThat(shapes(adapter)).isEqualTo(shapes(peft(family)));
        JsonNode config = new ObjectMapper().readTree(adapter.resolve("adapter_config.json").toFile());
        assertThat(config.path("task_type").asText()).isEqualTo("TOKEN_CLS");
        assertThat(config.path("modules_to_save").toString()).isEqualTo("[\"classifier\"]");
    }

    private static Map<String, String> shapes(Path adapter) {
        try (SafetensorsFile file = SafetensorsFile.open(adapter.resolve("adapter_model.safetensors"))) {
            return file.names().stream()
                    .collect(Collectors.toMap(name -> name, name -> Arrays.toString(file.entry(name).shape())));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "lora", "qlora", "meft1", "meft2+nf4", "meft3"})
    void whatIsSavedIsLoadedAgain(String name) {
        Path target = folder.resolve("saved");
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert-tagging");
                PreparedClassifier<TokenClassifier> classifier = trained(base("bert"), Method.named(name))) {
            classifier.save(base("bert"), LABELS, target);
            assertThat(TrainedClassifier.isOfTokens(target)).isTrue();
            assertThat(TrainedClassifier.isAdapters(target)).isEqualTo(!name.equals("full"));
            TrainedClassifier<TokenClassifier> trained = TrainedClassifier.openOfTokens(target, null);
            assertThat(trained.labels()).isEqualTo(LABELS);
            try (PreparedClassifier<TokenClassifier> loaded = trained.load(DType.FLOAT32)) {
                assertThat(logits(loaded, golden).toFloats()).isEqualTo(logits(classifier, golden).toFloats());
            }
            if (classifier.lowRank().map(LoraClassifier::training).filter(Training.LORA::equals).isPresent()) {
                assertThat(target.resolve("config.json")).content().contains("BertForTokenClassification");
            }
        }
    }
}
