package org.frugaltorch.finetune.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.nn.StoredTensors;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoders against Transformers: values and gradients, ragged batches throughout. */
class DecodersNativeTest {
    private static final double TOLERANCE = 1e-5;
    private static final double DOUBLE_TOLERANCE = 2e-7; // golden values are rounded to float32

    @ParameterizedTest
    @CsvSource({"llama,FLOAT32", "llama,FLOAT64", "llama3,FLOAT32", "llama3,FLOAT64", "mistral,FLOAT32",
            "mistral,FLOAT64", "qwen2,FLOAT32", "qwen2,FLOAT64", "qwen3,FLOAT32", "qwen3,FLOAT64"})
    void logitsLossAndGradientsEqualTransformers(String name, DType type) {
        double tolerance = type == DType.FLOAT64 ? DOUBLE_TOLERANCE : TOLERANCE;
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                CausalLanguageModel model = Golden.languageModel(name, type)) {
            Tensor logits = model.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE);
            assertRealTokensClose(golden, logits, golden.tensor("logits"), tolerance);
            Tensor loss = model.loss(new KeepAll(), golden.languageBatch(), ForwardMode.train(1));
            Golden.assertClose("loss", loss, golden.tensor("loss"), tolerance);
            Backward.run(loss);
            golden.assertGradients("grad.", model.parameters(), tolerance);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama3", "mistral", "qwen2", "qwen3"})
    void bothStylesOfConfigurationSayTheSame(String name) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        var published = mapper.readTree(Golden.directory(name).resolve("config-published.json").toFile());
        assertThat(ModelFamilies.of(published).config(published))
                .isEqualTo(ModelDirectory.open(Golden.directory(name)).config());
    }

    @Test
    void aSlidingWindowHidesWhatIsFurtherBack(@TempDir Path directory) throws IOException {
        ObjectNode config = ModelDirectory.open(Golden.directory("mistral")).json().deepCopy();
        config.put("sliding_window", 4);
        Files.writeString(directory.resolve("config.json"), config.toString());
        Files.copy(Golden.directory("mistral").resolve("model.safetensors"), directory.resolve("model.safetensors"));
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("mistral");
                CausalLanguageModel model = ModelDirectory.open(directory)
                        .languageModel(LanguageModelSettings.inference())) {
            Tensor logits = model.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE);
            assertRealTokensClose(golden, logits, golden.tensor("window4.logits"), TOLERANCE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2"})
    void whatIsSavedLoadsTheSame(String name, @TempDir Path directory) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                CausalLanguageModel model = Golden.languageModel(name, DType.FLOAT32)) {
            ModelDirectory.open(Golden.directory(name)).save(model, directory.resolve("saved"));
            try (CausalLanguageModel saved = ModelDirectory.open(directory.resolve("saved"))
                    .languageModel(LanguageModelSettings.inference())) {
                assertThat(saved.parameters().asMap().keySet()).isEqualTo(model.parameters().asMap().keySet());
                Tensor logits = saved.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE);
                assertRealTokensClose(golden, logits, golden.tensor("logits"), TOLERANCE);
            }
        }
    }

    @Test
    void shardsAreOneModel(@TempDir Path directory) throws IOException {
        Files.copy(Golden.directory("llama").resolve("config.json"), directory.resolve("config.json"));
        ObjectNode index = new ObjectMapper().createObjectNode();
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama");
                CausalLanguageModel whole = Golden.languageModel("llama", DType.FLOAT32)) {
            List<List<SafetensorsWriter.Tensor>> shards = List.of(new ArrayList<>(), new ArrayList<>());
            whole.parameters().asMap().forEach((name, parameter) -> {
                int shard = name.contains("layers.1") ? 1 : 0;
                shards.get(shard).add(StoredTensors.of(name, parameter));
                index.withObject("/weight_map").put(name, "model-" + shard + ".safetensors");
            });
            for (int i = 0; i < 2; i++) {
                SafetensorsWriter.write(directory.resolve("model-" + i + ".safetensors"), shards.get(i));
            }
            Files.writeString(directory.resolve("model.safetensors.index.json"), index.toString());
            try (CausalLanguageModel sharded =
                    ModelDirectory.open(directory).languageModel(LanguageModelSettings.inference())) {
                Tensor logits = sharded.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE);
                assertRealTokensClose(golden, logits, golden.tensor("logits"), TOLERANCE);
            }
        }
    }

    @Test
    void frozenWeightsAreNotCopied() {
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open()) {
            LanguageModelSettings mapped = new LanguageModelSettings(
                    Optional.empty(), Device.CPU, parameter -> parameter.contains("norm"), true);
            try (CausalLanguageModel model = ModelDirectory.open(Golden.directory("llama")).languageModel(mapped);
                    Golden golden = Golden.open("llama")) {
                long trained = model.parameters().trainable().stream().mapToLong(Tensor::byteSize).sum();
                assertThat(trained).isPositive().isLessThan(model.parameters().byteSize());
                assertThat(ledger.liveBytes()).isEqualTo(trained);
                Backward.run(model.loss(new KeepAll(), golden.languageBatch(), ForwardMode.train(1)));
                Map<String, Tensor> actual = new TreeMap<>();
                Map<String, Tensor> expected = new TreeMap<>();
                model.parameters().asMap().forEach((name, parameter) -> {
                    if (parameter.requiresGrad()) {
                        actual.put(name, parameter.grad());
                        expected.put(name, golden.tensor("grad." + name));
                    }
                });
                Golden.assertGradientsClose(actual, expected, TOLERANCE);
            }
        }
    }

    @Test
    void withoutTargetsLossAndGradientsAreZero() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama");
                CausalLanguageModel model = Golden.languageModel("llama", DType.FLOAT32)) {
            long[] labels = new long[golden.batch().inputIds().length];
            Arrays.fill(labels, LanguageBatch.IGNORED);
            labels[0] = 5; // a first token has none before it to predict it
            Tensor loss = model.loss(new KeepAll(), new LanguageBatch(golden.batch(), labels), ForwardMode.train(1));
            assertThat(loss.item()).isZero();
            Backward.run(loss);
            model.parameters().asMap().forEach((name, parameter) ->
                    assertThat(parameter.grad().toFloats()).as(name).containsOnly(0f));
        }
    }

    /** Grouped heads of keys and values must not be repeated in what autograd saves. */
    @Test
    void sharedKeysAndValuesAreSavedOnce() {
        int heads = 8;
        int shared = 2;
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open()) {
            long grouped = savedBy(ledger, heads, shared);
            long repeated = savedBy(ledger, heads, heads);
            long tokensTimesSize = 64 * 16 * Float.BYTES;
            assertThat(repeated - grouped).isEqualTo(2L * (heads - shared) * tokensTimesSize);
        }
    }

    private static long savedBy(MemoryLedger ledger, int heads, int keyHeads) {
        try (TensorScope scope = TensorScope.open()) {
            long before = ledger.liveBytes();
            Tensor result;
            try (TensorScope inner = TensorScope.open()) {
                Tensor query = Tensors.randn(1, heads, 64, 16).setRequiresGrad(true);
                Tensor key = Tensors.randn(1, keyHeads, 64, 16).setRequiresGrad(true);
                Tensor value = Tensors.randn(1, keyHeads, 64, 16).setRequiresGrad(true);
                result = inner.promote(Functional.attention(query, key, value, null, 0, true));
            }
            return ledger.liveBytes() - before;
        }
    }

    private static void assertRealTokensClose(Golden golden, Tensor actual, Tensor expected, double tolerance) {
        boolean[] real = golden.flags("attention_mask");
        Tensor rows = Tensors.of(IntStream.range(0, real.length).filter(i -> real[i]).asLongStream().toArray());
        long vocabulary = expected.size(-1);
        Golden.assertClose("logits", actual.reshape(-1, vocabulary).indexSelect(0, rows),
                expected.reshape(-1, vocabulary).indexSelect(0, rows), tolerance);
    }
}
