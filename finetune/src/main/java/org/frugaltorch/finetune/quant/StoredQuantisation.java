package org.frugaltorch.finetune.quant;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.io.TensorSpec;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;

/**
 * The tensors under which bitsandbytes saves a weight in four bits: the codes under the weight's own name, beside it
 * {@code .absmax}, {@code .quant_map}, for quantised scales {@code .nested_absmax} and {@code .nested_quant_map}, and
 * {@code .quant_state.bitsandbytes__nf4} with a JSON text of the rest.
 */
public final class StoredQuantisation {
    static final String ABSMAX = ".absmax";
    static final String MAP = ".quant_map";
    static final String NESTED_ABSMAX = ".nested_absmax";
    static final String NESTED_MAP = ".nested_quant_map";
    static final String STATE = ".quant_state.bitsandbytes__";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> COMPANIONS = List.of(ABSMAX, MAP, NESTED_ABSMAX, NESTED_MAP);
    private static final int LONGEST_NUMBER = "-1.1754943508222875E-38".length();

    private StoredQuantisation() {}

    /** Whether {@code source} holds the weight in four bits. */
    public static boolean holds(TensorSource source, String weight) {
        return format(source, weight).isPresent();
    }

    static Optional<FourBitFormat> format(TensorSource source, String weight) {
        return Arrays.stream(FourBitFormat.values())
                .filter(format -> source.names().contains(weight + STATE + format.checkpointName()))
                .findFirst();
    }

    /** Whether a tensor of that name only describes the codes of another one. */
    public static boolean isCompanion(String name) {
        return name.contains(STATE) || COMPANIONS.stream().anyMatch(name::endsWith);
    }

    // ---- writing ----------------------------------------------------------------------------------------------------

    /**
     * All tensors of a quantised weight by name, those that only describe it made new.
     *
     * @param weight its name, such as {@code model.layers.0.mlp.down_proj.weight}
     */
    public static Map<String, Tensor> tensors(String weight, QuantisedMatrix matrix) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put(weight, matrix.packed());
        tensors.put(weight + MAP, Tensors.of(matrix.format().codeBook()));
        boolean nested = switch (matrix.scales()) {
            case BlockScales.Plain plain -> {
                tensors.put(weight + ABSMAX, plain.absmax());
                yield false;
            }
            case BlockScales.Nested scales -> {
                tensors.put(weight + ABSMAX, scales.codes());
                tensors.put(weight + NESTED_ABSMAX, scales.absmax());
                tensors.put(weight + NESTED_MAP, scales.codeBook());
                yield true;
            }
        };
        float offset = matrix.scales() instanceof BlockScales.Nested scales ? scales.offset() : 0;
        byte[] state = state(matrix.format(), nested, offset, matrix.originalType(), matrix.rows(), matrix.columns());
        tensors.put(weight + STATE + matrix.format().checkpointName(), Tensors.of(state));
        return tensors;
    }

    /**
     * What is known of those tensors before the weight is quantised: in the same order, each with type and shape.
     *
     * @param type of the weight
     */
    public static List<TensorSpec> specs(
            String weight, Quantisation quantisation, DType type, long rows, long columns) {
        long count = rows * columns;
        long blocks = BlockQuantiser.blocks(count, BlockQuantiser.BLOCK);
        FourBitFormat format = quantisation.format();
        boolean nested = quantisation.doubleQuantisation();
        TensorSpec codes = new TensorSpec(weight, DType.UINT8, (count + 1) / 2, 1);
        TensorSpec map = new TensorSpec(weight + MAP, DType.FLOAT32, format.codeBook().length);
        TensorSpec absmax = new TensorSpec(weight + ABSMAX, nested ? DType.UINT8 : DType.FLOAT32, blocks);
        TensorSpec state = new TensorSpec(weight + STATE + format.checkpointName(), DType.UINT8,
                state(format, nested, 0, type, rows, columns).length);
        return nested
                ? List.of(codes, map, absmax,
                        new TensorSpec(weight + NESTED_ABSMAX, DType.FLOAT32,
                                BlockQuantiser.blocks(blocks, BlockQuantiser.NESTED_BLOCK)),
                        new TensorSpec(weight + NESTED_MAP, DType.FLOAT32, DynamicCodeBook.SIZE), state)
                : List.of(codes, map, absmax, state);
    }

    /**
     * The JSON text. Its length does not depend on the numbers of the weight, so that a file can be laid out before
     * they are known: spaces make up for a short offset.
     */
    private static byte[] state(
            FourBitFormat format, boolean nested, float offset, DType type, long rows, long columns) {
        ObjectNode state = MAPPER.createObjectNode();
        state.put("quant_type", format.checkpointName());
        state.put("blocksize", BlockQuantiser.BLOCK);
        state.put("dtype", type.torchName());
        state.putArray("shape").add(rows).add(columns);
        if (!nested) {
            return state.toString().getBytes(StandardCharsets.UTF_8);
        }
        state.put("nested_blocksize", BlockQuantiser.NESTED_BLOCK);
        state.put("nested_dtype", DType.FLOAT32.torchName());
        int length = state.toString().length() + ",\"nested_offset\":".length() + LONGEST_NUMBER;
        state.put("nested_offset", (double) offset);
        String text = state.toString();
        return (text + " ".repeat(length - text.length())).getBytes(StandardCharsets.UTF_8);
    }

    // ---- reading ----------------------------------------------------------------------------------------------------

    /**
     * The shape of a stored matrix, in four bits or not.
     *
     * @param weight its name
     * @throws DataException when it is in four bits, and what describes it is not usable
     */
    public static long[] shape(TensorSource source, String weight) {
        return holds(source, weight)
                ? new StoredQuantisationReader(source, weight, Device.CPU, true).shape()
                : source.entry(weight).shape();
    }

    /**
     * Reads a copy of a weight that was saved in four bits.
     *
     * @param weight its name
     * @throws DataException when tensors are missing or contradict one another
     */
    public static QuantisedMatrix read(TensorSource source, String weight, Device device) {
        return read(source, weight, device, false);
    }

    /**
     * Reads a weight that was saved in four bits.
     *
     * @param weight its name
     * @param mapped whether its tensors stay in the mapped file where the device allows it: the source must then stay
     *     open as long
     * @throws DataException when tensors are missing or contradict one another
     */
    public static QuantisedMatrix read(TensorSource source, String weight, Device device, boolean mapped) {
        return new StoredQuantisationReader(source, weight, device, mapped).read();
    }
}
