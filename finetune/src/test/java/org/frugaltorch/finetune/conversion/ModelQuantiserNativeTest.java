package org.frugaltorch.finetune.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.ModelCopy;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.quant.FourBitFormat;
import org.frugaltorch.finetune.quant.FourBitWeight;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.quant.QuantisedMatrix;
import org.frugaltorch.finetune.quant.StoredQuantisation;
import org.frugaltorch.io.Checkpoint;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.TensorGroup;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.io.TensorSpec;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantising the files of a model, against NumPy's files and against quantising while loading. */
class ModelQuantiserNativeTest {
    private static final Quantisation NF4 = new Quantisation(FourBitFormat.NF4, true, DType.FLOAT32);
    private static final long ONE_FILE = Long.MAX_VALUE;

    @TempDir
    Path folder;

    private Path quantised(Path model, Quantisation quantisation) {
        Path target = folder.resolve("quantised");
        new ModelQuantiser(quantisation, List.of(), ONE_FILE).quantise(ModelDirectory.open(model), target);
        return target;
    }

    // ---- what is written --------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"llama, llama-nf4, NF4, true", "qwen2, qwen2-fp4, FP4, false"})
    void filesEqualThoseOfTheDefinition(String base, String expected, FourBitFormat format, boolean nested)
            throws IOException {
        Path target = quantised(Golden.directory(base), new Quantisation(format, nested, DType.FLOAT32));
        try (Checkpoint actual = Checkpoint.open(target);
                Checkpoint golden = Checkpoint.open(Golden.directory(expected))) {
            assertThat(actual.names()).containsExactlyInAnyOrderElementsOf(golden.names());
            for (String name : golden.names()) {
                TensorSource.Entry entry = golden.entry(name);
                assertThat(actual.entry(name).dtype()).as(name).isEqualTo(entry.dtype());
                if (name.contains(".quant_state.")) {
                    assertThat(json(actual.entry(name))).as(name).isEqualTo(json(entry)); // but for spaces
                } else {
                    assertThat(actual.entry(name).shape()).as(name).isEqualTo(entry.shape());
                    assertThat(actual.entry(name).data().mismatch(entry.data())).as(name).isEqualTo(-1);
                }
            }
        }
        assertThat(ModelDirectory.open(target).json())
                .isEqualTo(ModelDirectory.open(Golden.directory(expected)).json());
    }

    private static JsonNode json(TensorSource.Entry state) throws IOException {
        return new ObjectMapper().readTree(state.data().toArray(ValueLayout.JAVA_BYTE));
    }

    /** A file is laid out before its matrices are quantised. */
    @ParameterizedTest
    @CsvSource({"NF4, true", "FP4, false"})
    void sizesAreKnownBeforehand(FourBitFormat format, boolean nested) {
        Quantisation quantisation = new Quantisation(format, nested, DType.FLOAT32);
        try (TensorScope scope = TensorScope.open()) {
            for (double scale : new double[] {0, 1, 1e-30, 1e30}) {
                Tensor matrix = Tensors.randn(11, 13).mul(scale);
                var tensors = StoredQuantisation.tensors("w", QuantisedMatrix.quantise(matrix, format, nested));
                List<TensorSpec> specs = StoredQuantisation.specs("w", quantisation, DType.FLOAT32, 11, 13);
                assertThat(specs).extracting(TensorSpec::name).containsExactlyElementsOf(tensors.keySet());
                specs.forEach(spec -> {
                    assertThat(tensors.get(spec.name()).dtype()).as(spec.name()).isEqualTo(spec.dtype());
                    assertThat(tensors.get(spec.name()).shape()).as(spec.name()).isEqualTo(spec.shape());
                });
            }
        }
    }

    @Test
    void namedModulesAndHeadsStayAsTheyAre() {
        Path target = folder.resolve("partly");
        var report = new ModelQuantiser(NF4, List.of("down_proj", "model.layers.0.self_attn"), ONE_FILE)
                .quantise(ModelDirectory.open(Golden.directory("llama")), target);
        assertThat(report.matrices()).extracting(MatrixError::layer)
                .hasSize(8).noneMatch(layer -> layer.endsWith("down_proj") || layer.contains("0.self_attn"));
        assertThat(ModelDirectory.open(target).quantisation().orElseThrow().skippedModules())
                .contains(List.of("lm_head", "down_proj", "model.layers.0.self_attn"));
        try (TensorScope scope = TensorScope.open();
                CausalLanguageModel model =
                        ModelDirectory.open(target).languageModel(LanguageModelSettings.inference())) {
            assertThat(model.parameters().linears().values()).filteredOn(l -> l.weight() instanceof FourBitWeight)
                    .hasSize(8);
        }
    }

    @Test
    void errorsAreThoseOfTheRestoredMatrices() {
        var report = new ModelQuantiser(NF4, List.of(), ONE_FILE)
                .quantise(ModelDirectory.open(Golden.directory("llama")), folder.resolve("quantised"));
        assertThat(report.byKind().keySet()).contains("self_attn.q_proj", "mlp.down_proj").hasSize(7);
        MatrixError down = report.byKind().get("mlp.down_proj").get(1);
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama-nf4");
                Checkpoint checkpoint = Checkpoint.open(Golden.directory("llama"))) {
            TensorSource.Entry entry = checkpoint.entry(down.layer() + ".weight");
            Tensor exact = Tensors.wrap(entry.data(), entry.dtype(), checkpoint, entry.shape()).to(DType.FLOAT64);
            Tensor difference = golden.tensor("restored").to(DType.FLOAT64).sub(exact);
            double relative = difference.norm().item() / exact.norm().item();
            assertThat(relative).isBetween(0.05, 0.15);
            assertThat(down.relativeError()).isCloseTo(relative, within(1e-6));
            assertThat(down.largestError()).isCloseTo(difference.abs().amax().item(), within(1e-7));
            long before = checkpoint.names().stream().mapToLong(n -> checkpoint.entry(n).data().byteSize()).sum();
            assertThat(report.bytesBefore()).isEqualTo(before);
        }
        try (Checkpoint written = Checkpoint.open(folder.resolve("quantised"))) {
            assertThat(report.bytesAfter()).isLessThan(report.bytesBefore())
                    .isEqualTo(written.names().stream().mapToLong(n -> written.entry(n).data().byteSize()).sum());
        }
    }

    // ---- the same function as quantising while loading --------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "llama, FLOAT32, NF4, true, FLOAT32", "llama, FLOAT32, FP4, false, BFLOAT16",
        "llama, BFLOAT16, NF4, true, BFLOAT16", "qwen2, BFLOAT16, NF4, false, FLOAT32",
        "qwen2, FLOAT16, FP4, true, FLOAT32", "qwen3, FLOAT32, NF4, true, FLOAT32"})
    void computesWhatQuantisingWhileLoadingComputes(
            String base, DType stored, FourBitFormat format, boolean nested, DType computeType) {
        Quantisation quantisation = new Quantisation(format, nested, computeType);
        Path dense = folder.resolve("dense");
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(base)) {
            ModelDirectory original = ModelDirectory.open(Golden.directory(base));
            try (CausalLanguageModel model = original.languageModel(new LanguageModelSettings(
                    Optional.of(stored), Device.CPU, name -> false, false))) {
                original.save(model, dense);
            }
            Path sharded = ModelCopy.sharded(dense, folder.resolve("sharded"), 20_000);
            try (CausalLanguageModel onLoad = ModelDirectory.open(dense)
                            .languageModel(LanguageModelSettings.inference(), quantisation::apply);
                    CausalLanguageModel fromFile = ModelDirectory.open(quantised(sharded, quantisation))
                            .languageModel(LanguageModelSettings.inference())) {
                assertThat(fromFile.dtype()).isEqualTo(stored);
                assertThat(fromFile.parameters().asMap().keySet())
                        .containsExactlyInAnyOrderElementsOf(onLoad.parameters().asMap().keySet());
                Tensor expected = onLoad.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE);
                Tensor actual = fromFile.logits(new KeepAll(), golden.batch(), ForwardMode.EVALUATE);
                assertThat(actual.toFloats()).isEqualTo(expected.toFloats());
            }
        }
    }

    @Test
    void shardsInAndShardsOut() throws IOException {
        Path sharded = ModelCopy.sharded(Golden.directory("llama"), folder.resolve("sharded"), 20_000);
        Files.writeString(sharded.resolve("tokenizer.json"), "{}");
        Files.writeString(sharded.resolve("LICENSE"), "as is");
        Files.writeString(sharded.resolve("pytorch_model.bin"), "old");
        Files.createDirectory(sharded.resolve("onnx"));
        Path target = folder.resolve("out");
        var report = new ModelQuantiser(NF4, List.of(), 15_000).quantise(ModelDirectory.open(sharded), target);
        assertThat(report.files()).isGreaterThan(1);
        try (var files = Files.list(target)) {
            assertThat(files.map(file -> file.getFileName().toString())
                    .filter(file -> !file.startsWith("model-"))).containsExactlyInAnyOrder(
                            "config.json", "model.safetensors.index.json", "tokenizer.json", "LICENSE");
        }
        try (Checkpoint once = Checkpoint.open(quantised(Golden.directory("llama"), NF4));
                Checkpoint again = Checkpoint.open(target)) {
            assertThat(again.names()).containsExactlyInAnyOrderElementsOf(once.names());
            for (String name : once.names()) {
                assertThat(again.entry(name).data().mismatch(once.entry(name).data())).as(name).isEqualTo(-1);
            }
        }
    }

    /** Layers make a model larger, but not what is in memory at once. */
    @Test
    void memoryIsForOneMatrix() {
        int size = 256;
        int layers = 40;
        Path model = folder.resolve("large");
        try (TensorScope scope = TensorScope.open()) {
            Tensor matrix = Tensors.randn(size, size);
            ModelCopy.changed(Golden.directory("llama"), model,
                    config -> config.put("num_hidden_layers", layers), tensors -> {
                for (int layer = 0; layer < layers; layer++) {
                    String name = "model.layers." + layer + ".mlp.up_proj.weight";
                    tensors.put(name, new TensorGroup(List.of(new TensorSpec(name, DType.FLOAT32, size, size)),
                            sink -> sink.put(name, matrix.segment())));
                }
            });
        }
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open()) {
            long before = ledger.liveBytes();
            var report = new ModelQuantiser(NF4, List.of(), ONE_FILE)
                    .quantise(ModelDirectory.open(model), folder.resolve("quantised"));
            assertThat(report.bytesBefore()).isGreaterThan(40L * size * size * Float.BYTES);
            assertThat(ledger.liveBytes()).isEqualTo(before);
            assertThat(ledger.peakBytes() - before).isLessThan(4L * size * size * Float.BYTES);
        }
    }

    // ---- what cannot be quantised -----------------------------------------------------------------------------------

    private void assertRefused(Path model, List<String> skipped, String complaint) {
        Path target = folder.resolve("refused");
        ModelQuantiser quantiser = new ModelQuantiser(NF4, skipped, ONE_FILE);
        assertThatThrownBy(() -> quantiser.quantise(ModelDirectory.open(model), target))
                .isInstanceOfAny(DataException.class, IllegalArgumentException.class).hasMessageContaining(complaint);
        assertThat(target).doesNotExist();
        assertThat(folder).isDirectoryNotContaining(file -> file.getFileName().toString().endsWith(".tmp"));
    }

    @Test
    void whatMakesNoSense() {
        assertRefused(Golden.directory("llama-nf4"), List.of(), "is quantised already, by its config.json");
        assertRefused(ModelCopy.changed(Golden.directory("llama-nf4"), folder.resolve("hidden"),
                config -> config.remove("quantization_config"), tensors -> {}), List.of(), "is quantised already: its");
        assertRefused(Golden.directory("llama"), List.of("donw_proj"), "is called 'donw_proj'");
        assertRefused(Golden.directory("llama"), List.of("model.layers"), "all its linear layers are skipped");
        String name = "model.layers.1.mlp.up_proj.weight";
        float[] values = new float[48 * 32];
        values[77] = Float.NaN;
        assertRefused(ModelCopy.changed(Golden.directory("llama"), folder.resolve("nan"), config -> {},
                tensors -> tensors.put(name, new TensorGroup(List.of(new TensorSpec(name, DType.FLOAT32, 48, 32)),
                        sink -> sink.put(name, MemorySegment.ofArray(values))))), List.of(),
                name + " cannot be quantised: A weight that is infinite or no number");
    }
}
