package org.frugaltorch.finetune.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.ModelCopy;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.io.Checkpoint;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.io.TensorGroup;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.io.TensorSpec;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Merging files, against merging in memory and against PEFT. */
class AdapterMergeNativeTest {
    private static final AdapterMerge AS_STORED = new AdapterMerge(Optional.empty(), Long.MAX_VALUE);
    private static final Path PEFT = Golden.directory("llama-lora");

    @TempDir
    Path folder;

    private Path merged(Path base, Path adapter) {
        Path target = folder.resolve("merged");
        AS_STORED.merge(ModelDirectory.open(base), adapter, target);
        return target;
    }

    private static Tensor logits(CausalLanguageModel model, Golden golden) {
        return real(golden, model.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE).detach());
    }

    /** Without those of padding, which mean nothing. */
    private static Tensor real(Golden golden, Tensor logits) {
        boolean[] real = golden.flags("attention_mask");
        long[] rows = IntStream.range(0, real.length).filter(i -> real[i]).asLongStream().toArray();
        return logits.reshape(-1, logits.size(2)).indexSelect(0, Tensors.of(rows));
    }

    /** As if trained: nothing is zero. */
    private static void fill(Parameters parameters) {
        Engine.seed(4);
        parameters.trainable().forEach(parameter -> parameter.detach().normalInPlace(0, 0.2));
    }

    // ---- decoders ---------------------------------------------------------------------------------------------------

    @Test
    void equalsPeft() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama-lora");
                CausalLanguageModel model = ModelDirectory.open(merged(Golden.directory("llama"), PEFT))
                        .languageModel(LanguageModelSettings.inference())) {
            Golden.assertClose("logits", logits(model, golden), real(golden, golden.tensor("merged.logits")), 1e-5);
            for (String layer : new String[] {"mlp.down_proj", "self_attn.v_proj"}) {
                String name = "model.layers.1." + layer + ".weight";
                Golden.assertClose(name, model.parameters().get(name), golden.tensor("merged." + name), 1e-6);
            }
        }
    }

    @Test
    void adaptersOnTheHeadEqualPeft() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama-lora-head");
                CausalLanguageModel model = ModelDirectory.open(
                        merged(Golden.directory("llama"), Golden.directory("llama-lora-head")))
                        .languageModel(LanguageModelSettings.inference())) {
            Golden.assertClose("logits", logits(model, golden), real(golden, golden.tensor("logits")), 1e-5);
        }
    }

    /** Grouped queries, biases of queries, a tied head, norms of heads; biases that the adapter trains, too. */
    @ParameterizedTest
    @CsvSource({"llama, NONE, FLOAT32", "qwen2, LORA_ONLY, FLOAT32", "qwen2, ALL, FLOAT32", "qwen3, NONE, FLOAT32",
        "llama, NONE, BFLOAT16"})
    void computesWhatTheAdaptedModelComputes(String base, LoraBias bias, DType stored) {
        LoraSettings settings = new LoraSettings(3, 5, 0.1, TargetModules.ALL_LINEAR, true, bias, List.of());
        Path adapter = folder.resolve("adapter");
        Path dense = folder.resolve("dense");
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(base)) {
            ModelDirectory original = ModelDirectory.open(Golden.directory(base));
            Tensor expected;
            Map<String, float[]> weights = new LinkedHashMap<>();
            try (CausalLanguageModel model = original.languageModel(frozen(stored));
                    LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32)) {
                original.save(model, dense);
                adapters.add("default", settings);
                fill(model.parameters());
                adapters.save("default", adapter, new AdapterOrigin(base, AdapterOrigin.Task.CAUSAL_LM));
                expected = logits(model, golden);
                adapters.mergeAndUnload(stored);
                model.parameters().asMap().forEach((name, tensor) -> weights.put(name, tensor.toFloats()));
            }
            try (CausalLanguageModel model = ModelDirectory.open(merged(dense, adapter))
                    .languageModel(LanguageModelSettings.inference())) {
                assertThat(model.dtype()).isEqualTo(stored);
                assertThat(model.parameters().asMap().keySet()).isEqualTo(weights.keySet());
                weights.forEach((name, values) ->
                        assertThat(model.parameters().get(name).toFloats()).as(name).isEqualTo(values));
                if (stored == DType.FLOAT32) { // rounding the sum of matrices is another rounding than that of outputs
                    Golden.assertClose("logits", logits(model, golden), expected, 1e-5);
                }
            }
        }
    }

    private static LanguageModelSettings frozen(DType type) {
        return new LanguageModelSettings(Optional.of(type), Device.CPU, name -> false, false);
    }

    /** What was trained is the restored matrix with the adapter, so that is what is merged. */
    @Test
    void aBaseInFourBitsIsRestored() {
        Path target = folder.resolve("merged");
        AdapterMerge.Report report = AS_STORED.merge(ModelDirectory.open(Golden.directory("llama-nf4")), PEFT, target);
        assertThat(report.restored()).isEqualTo(14);
        assertThat(report.matrices()).isEqualTo(10);
        ModelDirectory written = ModelDirectory.open(target);
        assertThat(written.json().has("quantization_config")).isFalse();
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama-nf4");
                Checkpoint plain = Checkpoint.open(Golden.directory("llama"));
                Checkpoint checkpoint = Checkpoint.open(target);
                CausalLanguageModel model = written.languageModel(LanguageModelSettings.inference())) {
            assertThat(checkpoint.names()).containsExactlyInAnyOrderElementsOf(plain.names());
            assertThat(model.dtype()).isEqualTo(DType.FLOAT32);
            Golden.assertClose("logits", logits(model, golden), real(golden, golden.tensor("lora.logits")), 1e-5);
        }
    }

    @ParameterizedTest
    @CsvSource({"llama, FLOAT16", "llama, BFLOAT16", "llama-nf4, BFLOAT16"})
    void weightsAreRoundedOnceToTheWantedType(String base, DType type) {
        Path narrow = folder.resolve("narrow");
        new AdapterMerge(Optional.of(type), 20_000).merge(ModelDirectory.open(Golden.directory(base)), PEFT, narrow);
        assertThat(ModelDirectory.open(narrow).json().path("dtype").asText()).isEqualTo(type.torchName());
        assertThat(narrow.resolve("model.safetensors.index.json")).exists();
        try (TensorScope scope = TensorScope.open();
                Checkpoint wide = Checkpoint.open(merged(Golden.directory(base), PEFT));
                Checkpoint rounded = Checkpoint.open(narrow)) {
            assertThat(rounded.names()).containsExactlyInAnyOrderElementsOf(wide.names());
            for (String name : wide.names()) {
                assertThat(rounded.entry(name).dtype()).as(name).isEqualTo(type);
                assertThat(tensor(rounded, name).toFloats()).as(name)
                        .isEqualTo(tensor(wide, name).to(type).toFloats());
            }
        }
    }

    private static Tensor tensor(TensorSource source, String name) {
        TensorSource.Entry entry = source.entry(name);
        return Tensors.wrap(entry.data(), entry.dtype(), source, entry.shape());
    }

    @Test
    void memoryIsForOneTensor() {
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open()) {
            long before = ledger.liveBytes();
            merged(Golden.directory("llama"), PEFT);
            assertThat(ledger.liveBytes()).isEqualTo(before);
            assertThat(ledger.peakBytes() - before).isLessThan(5 * 48 * 32 * Float.BYTES);
        }
    }

    // ---- classifiers ------------------------------------------------------------------------------------------------

    private static final LoraSettings OF_CLASSIFIER = new LoraSettings(
            4, 6, 0.05, TargetModules.named("value", "query", "dense"), true, LoraBias.ALL, List.of("classifier"));

    private static ClassifierSettings classes(int count) {
        return new ClassifierSettings(List.of("a", "b", "c", "d").subList(0, count), Pooling.CLS, DType.FLOAT32,
                Device.CPU, OptionalDouble.empty());
    }

    /** As published with a head for these classes, for other classes, and bare, without prefix and head. */
    @ParameterizedTest
    @ValueSource(strings = {"head", "other head", "bare"})
    void aClassifierComputesWhatItsAdapterComputes(String kind) {
        int classes = kind.equals("head") ? 3 : 4;
        Path base = kind.equals("bare") ? bareBert() : Golden.directory("bert");
        Path adapter = folder.resolve("adapter");
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert")) {
            Tensor expected;
            try (SequenceClassifier model = SequenceClassifierDirectory.open(base).load(classes(classes));
                    LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32)) {
                adapters.add("default", OF_CLASSIFIER);
                fill(model.parameters());
                adapters.save("default", adapter, new AdapterOrigin("bert", AdapterOrigin.Task.SEQ_CLS));
                expected = model.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE).detach();
            }
            ModelDirectory written = ModelDirectory.open(merged(base, adapter));
            assertThat(written.labels()).hasSize(classes);
            try (Checkpoint checkpoint = Checkpoint.open(written.path());
                    SequenceClassifier model = new SequenceClassifierDirectory(written).loadTrained(classes(classes))) {
                assertThat(checkpoint.names()).allMatch(name -> name.matches("(bert|classifier)\\..*"));
                Golden.assertClose("logits", model.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE),
                        expected, 1e-5);
            }
        }
    }

    private Path bareBert() {
        return ModelCopy.changed(Golden.directory("bert"), folder.resolve("bare"), config -> config.remove("id2label"),
                tensors -> {
            for (String name : List.copyOf(tensors.keySet())) {
                TensorGroup group = tensors.remove(name);
                if (name.startsWith("bert.")) {
                    TensorSpec spec = group.tensors().getFirst();
                    String bare = name.substring("bert.".length());
                    tensors.put(bare, new TensorGroup(List.of(new TensorSpec(bare, spec.dtype(), spec.shape())),
                            sink -> group.content().writeTo((ignored, data) -> sink.put(bare, data))));
                }
            }
        });
    }

    // ---- what does not belong together ------------------------------------------------------------------------------

    private void assertRefused(Path base, Path adapter, String... parts) {
        Path target = folder.resolve("refused");
        assertThatThrownBy(() -> AS_STORED.merge(ModelDirectory.open(base), adapter, target))
                .isInstanceOf(DataException.class).hasMessageContainingAll(parts);
        assertThat(target).doesNotExist();
    }

    private Path changed(Consumer<ObjectNode> config, Consumer<Map<String, SafetensorsWriter.Tensor>> tensors) {
        Path copy = folder.resolve("changed");
        try (SafetensorsFile file = SafetensorsFile.open(PEFT.resolve("adapter_model.safetensors"))) {
            Files.createDirectories(copy);
            ObjectMapper mapper = new ObjectMapper();
            ObjectNode json = (ObjectNode) mapper.readTree(PEFT.resolve("adapter_config.json").toFile());
            config.accept(json);
            Files.writeString(copy.resolve("adapter_config.json"), json.toString());
            Map<String, SafetensorsWriter.Tensor> all = new LinkedHashMap<>();
            file.names().forEach(name -> all.put(name, SafetensorsWriter.Tensor.of(
                    name, file.entry(name).dtype(), file.entry(name).shape(), () -> file.entry(name).data())));
            tensors.accept(all);
            SafetensorsWriter.write(copy.resolve("adapter_model.safetensors"), List.copyOf(all.values()));
            return copy;
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static SafetensorsWriter.Tensor floats(String name, float value, long... shape) {
        float[] values = new float[(int) (shape[0] * shape[1])];
        Arrays.fill(values, value);
        return SafetensorsWriter.Tensor.of(name, DType.FLOAT32, shape, () -> MemorySegment.ofArray(values));
    }

    @Test
    void anAdapterOfAnotherModel() {
        assertRefused(Golden.directory("qwen3"), PEFT, "does not belong to this model", "trained on 'llama'",
                "model.layers.0.self_attn.q_proj.lora_B.weight F32[32, 4] does not fit [64, 4]");
        assertRefused(Golden.directory("bert"), PEFT, "target modules match no linear layer; this model has", "query");
        Path shallow = ModelCopy.changed(Golden.directory("llama"), folder.resolve("shallow"),
                config -> config.put("num_hidden_layers", 1),
                tensors -> tensors.keySet().removeIf(name -> name.contains("layers.1.")));
        assertRefused(shallow, PEFT, "nothing in the model takes base_model.model.model.layers.1.");
    }

    @Test
    void anAdapterThatContradictsItself() {
        String a = "base_model.model.model.layers.0.mlp.up_proj.lora_A.weight";
        String b = "base_model.model.model.layers.0.mlp.up_proj.lora_B.weight";
        Path llama = Golden.directory("llama");
        assertRefused(llama, changed(c -> c.put("r", 8), t -> {}), "lora_A.weight F32[4, 32] does not fit [8, 32]");
        assertRefused(llama, changed(c -> {}, t -> t.remove(b)), "up_proj.lora_B.weight is missing");
        assertRefused(llama, changed(c -> {}, t -> t.put(a, floats(a, 1, 4, 31))), "F32[4, 31] does not fit [4, 32]");
        assertRefused(llama, changed(c -> c.putArray("target_modules").add("q_proj"), t -> {}),
                "nothing in the model takes base_model.model.model.layers.0.mlp.");
        assertRefused(llama, changed(c -> c.putArray("target_modules").add("qkv").add("q_proj"), t -> {}),
                "no linear layer is called qkv");
        assertRefused(llama, changed(c -> c.putArray("target_modules").add("qkv"), t -> {}), "match no linear layer");
        assertRefused(llama, changed(c -> c.put("bias", "all"), t -> t.put("x.bias", floats("x.bias", 1, 1, 1))),
                "nothing in the model takes x.bias");
        assertRefused(llama, changed(c -> {}, t -> t.put(b, floats(b, Float.NaN, 48, 4))),
                "up_proj.weight would hold infinite numbers or NaN", "choose a wider type");
    }

    @Test
    void aTableOfItsOwnWhereTheModelSharesOne() {
        String head = "base_model.model.lm_head.weight";
        Path adapter = changed(
                c -> c.putArray("modules_to_save").add("lm_head"), t -> t.put(head, floats(head, 1, 96, 32)));
        assertRefused(Golden.directory("qwen2"), adapter, "tie_word_embeddings");
        try (TensorScope scope = TensorScope.open();
                Checkpoint checkpoint = Checkpoint.open(merged(Golden.directory("llama"), adapter))) {
            assertThat(tensor(checkpoint, "lm_head.weight").toFloats()).containsOnly(1);
        }
    }

    @Test
    void aDamagedBase() {
        Path torn = ModelCopy.changed(Golden.directory("llama-nf4"), folder.resolve("torn"), config -> {},
                tensors -> tensors.remove("model.layers.0.mlp.up_proj.weight.nested_absmax"));
        assertRefused(torn, PEFT, "lacks model.layers.0.mlp.up_proj.weight.nested_absmax");
        assertRefused(Golden.directory("llama"), folder, "is no adapter directory");
    }
}
