package org.frugaltorch.finetune.quant;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * The tensors under which bitsandbytes saves a weight in four bits: the codes under the weight's own name, beside it
 * {@code .absmax}, {@code .quant_map}, for quantised scales {@code .nested_absmax} and {@code .nested_quant_map}, and
 * {@code .quant_state.bitsandbytes__nf4} with a JSON text of the rest.
 */
public final class StoredQuantisation {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String ABSMAX = ".absmax";
    private static final String MAP = ".quant_map";
    private static final String NESTED_ABSMAX = ".nested_absmax";
    private static final String NESTED_MAP = ".nested_quant_map";
    private static final String STATE = ".quant_state.bitsandbytes__";

    private StoredQuantisation() {}

    /** Whether {@code source} holds the weight in four bits. */
    public static boolean holds(TensorSource source, String weight) {
        return Arrays.stream(FourBitFormat.values())
                .anyMatch(format -> source.names().contains(weight + STATE + format.checkpointName()));
    }

    /**
     * All tensors of a quantised weight by name, those that only describe it made new.
     *
     * @param weight its name, such as {@code model.layers.0.mlp.down_proj.weight}
     */
    public static Map<String, Tensor> tensors(String weight, QuantisedMatrix matrix) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        ObjectNode state = MAPPER.createObjectNode();
        state.put("quant_type", matrix.format().checkpointName());
        state.put("blocksize", BlockQuantiser.BLOCK);
        state.put("dtype", matrix.originalType().torchName());
        state.putArray("shape").add(matrix.rows()).add(matrix.columns());
        tensors.put(weight, matrix.packed());
        tensors.put(weight + MAP, Tensors.of(matrix.format().codeBook()));
        switch (matrix.scales()) {
            case BlockScales.Plain plain -> tensors.put(weight + ABSMAX, plain.absmax());
            case BlockScales.Nested nested -> {
                tensors.put(weight + ABSMAX, nested.codes());
                tensors.put(weight + NESTED_ABSMAX, nested.absmax());
                tensors.put(weight + NESTED_MAP, nested.codeBook());
                state.put("nested_blocksize", nested.block());
                state.put("nested_dtype", DType.FLOAT32.torchName());
                state.put("nested_offset", (double) nested.offset());
            }
        }
        byte[] json = state.toString().getBytes(StandardCharsets.UTF_8);
        tensors.put(weight + STATE + matrix.format().checkpointName(), Tensors.of(json));
        return tensors;
    }

    /**
     * Reads a weight that was saved in four bits.
     *
     * @param weight its name
     * @throws DataException when tensors are missing or contradict one another
     */
    public static QuantisedMatrix read(TensorSource source, String weight, Device device) {
        FourBitFormat format = Arrays.stream(FourBitFormat.values())
                .filter(f -> source.names().contains(weight + STATE + f.checkpointName()))
                .findFirst()
                .orElseThrow(() -> new DataException("The checkpoint does not hold " + weight + " in four bits"));
        JsonNode state = state(source, weight + STATE + format.checkpointName());
        long[] shape = shape(weight, state);
        int blocks = BlockQuantiser.blocks(shape[0] * shape[1], BlockQuantiser.BLOCK);
        require(state.path("blocksize").asInt() == BlockQuantiser.BLOCK, weight,
                "has blocks of " + state.path("blocksize") + " instead of " + BlockQuantiser.BLOCK + " numbers");
        try (TensorScope scope = TensorScope.open()) {
            require(Arrays.equals(tensor(source, weight + MAP, DType.FLOAT32, 16).toFloats(), format.codeBook()), weight,
                    "uses another code book than " + format.checkpointName());
            Tensor packed = tensor(source, weight, DType.UINT8, (shape[0] * shape[1] + 1) / 2).view(-1, 1);
            BlockScales scales;
            if (state.has("nested_blocksize")) {
                int nestedBlock = state.path("nested_blocksize").asInt();
                require(nestedBlock > 0, weight, "has no usable nested_blocksize");
                scales = new BlockScales.Nested(
                        scope.promote(tensor(source, weight + ABSMAX, DType.UINT8, blocks).to(device)),
                        scope.promote(tensor(source, weight + NESTED_MAP, DType.FLOAT32, DynamicCodeBook.SIZE).to(device)),
                        scope.promote(tensor(source, weight + NESTED_ABSMAX, DType.FLOAT32,
                                BlockQuantiser.blocks(blocks, nestedBlock)).to(device)),
                        nestedBlock, (float) state.path("nested_offset").asDouble());
            } else {
                scales = new BlockScales.Plain(
                        scope.promote(tensor(source, weight + ABSMAX, DType.FLOAT32, blocks).to(device)));
            }
            return new QuantisedMatrix(
                    format, scope.promote(packed.to(device)), scales, type(weight, state), shape[0], shape[1]);
        }
    }

    private static JsonNode state(TensorSource source, String name) {
        try {
            return MAPPER.readTree(source.entry(name).data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
        } catch (JsonProcessingException malformed) {
            throw new DataException("The checkpoint's " + name + " is no valid JSON: " + malformed.getOriginalMessage());
        } catch (java.io.IOException failure) {
            throw new DataException("The checkpoint's " + name + " cannot be read: " + failure.getMessage(), failure);
        }
    }

    private static long[] shape(String weight, JsonNode state) {
        JsonNode shape = state.path("shape");
        require(shape.size() == 2 && shape.get(0).asLong() > 0 && shape.get(1).asLong() > 0, weight,
                "is no matrix: its quant_state gives the shape " + shape);
        return new long[] {shape.get(0).asLong(), shape.get(1).asLong()};
    }

    private static DType type(String weight, JsonNode state) {
        String name = state.path("dtype").asText();
        return Arrays.stream(DType.values()).filter(t -> t.torchName().equals(name)).findFirst()
                .orElseThrow(() -> new DataException("The checkpoint's " + weight + " was of the unknown type '" + name + "'"));
    }

    /** A copy, flattened. */
    private static Tensor tensor(TensorSource source, String name, DType type, long count) {
        if (!source.names().contains(name)) {
            throw new DataException("The checkpoint lacks " + name + ", without which the four-bit weight cannot be read");
        }
        TensorSource.Entry entry = source.entry(name);
        require(entry.dtype() == type && entry.elements() == count, name, "is " + entry.dtype().torchName() + " "
                + Arrays.toString(entry.shape()) + " instead of " + count + " numbers of type " + type.torchName());
        return Tensors.copyOf(entry.data(), type, count);
    }

    private static void require(boolean holds, String name, String problem) {
        if (!holds) {
            throw new DataException("The checkpoint's " + name + " " + problem);
        }
    }
}
