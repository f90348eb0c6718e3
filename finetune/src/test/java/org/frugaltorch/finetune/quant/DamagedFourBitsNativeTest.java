package org.frugaltorch.finetune.quant;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.ModelCopy;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.TensorGroup;
import org.frugaltorch.io.TensorSpec;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights in four bits that are torn, incomplete, or contradict what config.json says of them: one sentence each. */
class DamagedFourBitsNativeTest {
    private static final String WEIGHT = "model.layers.1.mlp.down_proj.weight";
    private static final String STATE = WEIGHT + ".quant_state.bitsandbytes__nf4";

    @TempDir
    Path folder;

    private void assertRefused(
            Consumer<ObjectNode> config, Consumer<Map<String, TensorGroup>> tensors, String... parts) {
        Path copy = ModelCopy.changed(Golden.directory("llama-nf4"), folder.resolve("copy"), config, tensors);
        assertThatThrownBy(() -> ModelDirectory.open(copy).languageModel(LanguageModelSettings.inference()).close())
                .isInstanceOf(DataException.class).hasMessageContainingAll(parts);
    }

    private static TensorGroup tensor(String name, DType type, MemorySegment data) {
        return new TensorGroup(List.of(new TensorSpec(name, type, data.byteSize() / type.byteSize())),
                sink -> sink.put(name, data));
    }

    /** The bytes of a tensor, in an array. */
    private static MemorySegment bytes(TensorGroup group) {
        byte[][] found = new byte[1][];
        group.content().writeTo((name, data) -> found[0] = data.toArray(ValueLayout.JAVA_BYTE));
        return MemorySegment.ofArray(found[0]);
    }

    private static Consumer<Map<String, TensorGroup>> withState(Consumer<ObjectNode> change) {
        return tensors -> tensors.compute(STATE, (name, group) -> {
            try {
                byte[] text = bytes(group).toArray(ValueLayout.JAVA_BYTE);
                ObjectNode state = (ObjectNode) new ObjectMapper().readTree(text);
                change.accept(state);
                byte[] changed = state.toString().getBytes(StandardCharsets.UTF_8);
                return tensor(name, DType.UINT8, MemorySegment.ofArray(changed));
            } catch (IOException impossible) {
                throw new AssertionError(impossible);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map",
        ".quant_state.bitsandbytes__nf4"})
    void aMissingCompanion(String suffix) {
        assertRefused(config -> {}, tensors -> tensors.remove(WEIGHT + suffix),
                "lacks " + WEIGHT + suffix, "without which the four-bit weight cannot be read");
    }

    @Test
    void aMissingMatrix() {
        assertRefused(config -> {}, tensors -> tensors.remove(WEIGHT), "lacks " + WEIGHT + ",");
    }

    @ParameterizedTest
    @CsvSource({"'', 64, 'has 704 bytes of codes, but its shape needs 768: the file is torn'",
        "'.absmax', 1, 'is uint8 [23] instead of 24 numbers'",
        "'.nested_quant_map', 4, 'is float32 [255] instead of 256 numbers'"})
    void aTornTensor(String suffix, int missing, String complaint) {
        assertRefused(config -> {}, tensors -> tensors.compute(WEIGHT + suffix, (name, group) -> {
            MemorySegment all = bytes(group);
            return tensor(name, group.tensors().getFirst().dtype(), all.asSlice(0, all.byteSize() - missing));
        }), WEIGHT + suffix, complaint);
    }

    @Test
    void scalesThatAreNoNumbers() {
        assertRefused(config -> {}, tensors -> tensors.compute(WEIGHT + ".nested_absmax", (name, group) ->
                tensor(name, DType.FLOAT32, MemorySegment.ofArray(new float[] {Float.NaN}))),
                WEIGHT + ".nested_absmax", "infinite numbers or NaN");
    }

    @Test
    void aStateThatIsNotUsable() {
        assertRefused(config -> {}, tensors -> tensors.put(STATE, tensor(STATE, DType.UINT8,
                MemorySegment.ofArray("{\"quant_type\":".getBytes(StandardCharsets.UTF_8)))), STATE, "no valid JSON");
        assertRefused(config -> {}, withState(state -> state.put("blocksize", 128)), "blocks of 128 instead of 64");
        assertRefused(config -> {}, withState(state -> state.put("quant_type", "fp4")), "'fp4' by what that says");
        assertRefused(config -> {}, withState(state -> state.putArray("shape").add(32)), "is no matrix");
        assertRefused(config -> {}, withState(state -> state.remove("shape")), "gives the shape none");
        assertRefused(config -> {}, withState(state -> state.put("dtype", "int8")), "unknown type 'int8'");
        assertRefused(config -> {}, withState(state -> state.remove("nested_offset")), "no usable nested_offset");
        assertRefused(config -> {}, withState(state -> state.put("nested_blocksize", 0)), "no usable nested_blocksize");
        assertRefused(config -> {}, withState(state -> state.remove("nested_blocksize")), "does not say that scales");
    }

    @Test
    void aMatrixOfAnotherModel() {
        assertRefused(config -> {}, withState(state -> state.putArray("shape").add(48).add(32)),
                WEIGHT + " is [48, 32] in four bits where config.json makes it [32, 48]");
    }

    private static Consumer<ObjectNode> quantisation(Consumer<ObjectNode> change) {
        return config -> change.accept((ObjectNode) config.get("quantization_config"));
    }

    @Test
    void aConfigurationThatSaysSomethingElse() {
        Consumer<Map<String, TensorGroup>> same = tensors -> {};
        assertRefused(config -> config.remove("quantization_config"), same,
                "contradict config.json", "in four bits, but it has no quantization_config");
        assertRefused(quantisation(q -> q.put("bnb_4bit_quant_type", "fp4")), same,
                "is stored as nf4, but bnb_4bit_quant_type is fp4");
        assertRefused(quantisation(q -> q.put("bnb_4bit_use_double_quant", false)), same,
                "quantised, but bnb_4bit_use_double_quant is false");
        assertRefused(quantisation(q -> q.putArray("llm_int8_skip_modules").add("lm_head").add("q_proj")), same,
                "q_proj.weight in four bits, which quantization_config leaves out");
        assertRefused(quantisation(q -> q.putArray("llm_int8_skip_modules").add("[")), same, "no regular expression");
        assertRefused(quantisation(q -> q.put("bnb_4bit_quant_type", "nf5")), same, "Unknown four-bit format 'nf5'");
        assertRefused(quantisation(q -> q.put("bnb_4bit_compute_dtype", "int8")), same, "cannot be computed in int8");
        assertRefused(quantisation(q -> q.put("load_in_4bit", false)), same, "only four bits are supported");
        assertRefused(quantisation(q -> q.put("quant_method", "gptq")), same, "method 'gptq'", "not supported");
    }

    @Test
    void aPlainMatrixThatShouldBeInFourBits() {
        float[] values = new float[32 * 48];
        assertRefused(config -> {}, tensors -> {
            tensors.keySet().removeIf(name -> name.startsWith(WEIGHT));
            tensors.put(WEIGHT, new TensorGroup(List.of(new TensorSpec(WEIGHT, DType.FLOAT32, 32, 48)),
                    sink -> sink.put(WEIGHT, MemorySegment.ofArray(values))));
        }, WEIGHT + " is stored as float32, but quantization_config says four bits");
    }

    /** bitsandbytes writes FP4's second zero without a sign; a sign would mean nothing. */
    @ParameterizedTest
    @ValueSource(floats = {0f, -0f, 1f})
    void theSecondZeroMayHaveASign(float zero) {
        String map = "model.layers.0.mlp.up_proj.weight.quant_map";
        Path copy = ModelCopy.changed(Golden.directory("qwen2-fp4"), folder.resolve("copy"), config -> {},
                tensors -> tensors.compute(map, (name, group) -> {
                    float[] values = FourBitFormat.FP4.codeBook();
                    values[8] = zero;
                    return tensor(name, DType.FLOAT32, MemorySegment.ofArray(values));
                }));
        ThrowingCallable load =
                () -> ModelDirectory.open(copy).languageModel(LanguageModelSettings.inference()).close();
        if (zero == 0) {
            assertThatCode(load).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(load).isInstanceOf(DataException.class)
                    .hasMessageContaining("another code book than fp4");
        }
    }

    /** Some programs keep the codes under a wider type; the bytes are the same. */
    @Test
    void codesMayCarryAnotherType() {
        Path copy = ModelCopy.changed(Golden.directory("llama-nf4"), folder.resolve("copy"), config -> {},
                tensors -> tensors.compute(WEIGHT, (name, group) -> tensor(name, DType.BFLOAT16, bytes(group))));
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama-nf4");
                CausalLanguageModel model =
                        ModelDirectory.open(copy).languageModel(LanguageModelSettings.inference())) {
            FourBitDirectoryNativeTest.assertLogits(golden, "logits", model, 1e-5);
        }
    }
}
