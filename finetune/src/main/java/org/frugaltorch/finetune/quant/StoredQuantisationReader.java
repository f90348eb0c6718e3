package org.frugaltorch.finetune.quant;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.text.JsonFile;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.TensorSource;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Reads one weight from the tensors of {@link StoredQuantisation}, and trusts none of them: what is missing, torn or
 * contradicts the rest is told in one sentence.
 *
 * @param mapped whether tensors stay where the source has them
 */
record StoredQuantisationReader(TensorSource source, String weight, Device device, boolean mapped) {
    /** Only what the quant_state says. */
    long[] shape() {
        return shape(state(format()));
    }

    private FourBitFormat format() {
        return StoredQuantisation.format(source, weight)
                .orElseThrow(() -> new DataException("The checkpoint does not hold " + weight + " in four bits"));
    }

    QuantisedMatrix read() {
        FourBitFormat format = format();
        JsonNode state = state(format);
        String named = state.path("quant_type").asText();
        require(named.equals(format.checkpointName()), weight, "is called " + format.checkpointName()
                + " by the name of its quant_state, but '" + named + "' by what that says");
        require(state.path("blocksize").asLong() == BlockQuantiser.BLOCK, weight,
                "has blocks of " + state.path("blocksize") + " instead of " + BlockQuantiser.BLOCK + " numbers");
        long[] shape = shape(state);
        long count = shape[0] * shape[1];
        try (TensorScope scope = TensorScope.open()) {
            float[] codeBook = tensor(StoredQuantisation.MAP, DType.FLOAT32, format.codeBook().length).toFloats();
            require(equal(codeBook, format.codeBook()), weight,
                    "uses another code book than " + format.checkpointName());
            Tensor packed = codes((count + 1) / 2);
            BlockScales scales = scales(state, BlockQuantiser.blocks(count, BlockQuantiser.BLOCK), scope);
            return new QuantisedMatrix(format, scope.promote(placed(packed)), scales, type(state), shape[0], shape[1]);
        }
    }

    /** By value: the second zero of FP4 may have either sign. */
    private static boolean equal(float[] left, float[] right) {
        return IntStream.range(0, right.length).allMatch(i -> left[i] == right[i]);
    }

    // ---- scales -----------------------------------------------------------------------------------------------------

    private BlockScales scales(JsonNode state, int blocks, TensorScope scope) {
        boolean nested = state.has("nested_blocksize");
        require(nested || !source.names().contains(weight + StoredQuantisation.NESTED_ABSMAX), weight,
                "has nested_absmax, but its quant_state does not say that scales are quantised");
        if (!nested) {
            Tensor absmax = tensor(StoredQuantisation.ABSMAX, DType.FLOAT32, blocks);
            requireFinite(absmax, StoredQuantisation.ABSMAX);
            return new BlockScales.Plain(scope.promote(placed(absmax)));
        }
        int block = state.path("nested_blocksize").asInt();
        require(block > 0, weight, "has no usable nested_blocksize: " + state.path("nested_blocksize"));
        JsonNode offset = state.path("nested_offset");
        require(offset.isNumber() && Float.isFinite((float) offset.asDouble()), weight,
                "has no usable nested_offset: " + (offset.isMissingNode() ? "none" : offset));
        String type = state.path("nested_dtype").asText(DType.FLOAT32.torchName());
        require(type.equals(DType.FLOAT32.torchName()), weight, "has scales of scales in " + type + ", not float32");
        Tensor codes = tensor(StoredQuantisation.ABSMAX, DType.UINT8, blocks);
        Tensor codeBook = tensor(StoredQuantisation.NESTED_MAP, DType.FLOAT32, DynamicCodeBook.SIZE);
        Tensor absmax = tensor(StoredQuantisation.NESTED_ABSMAX, DType.FLOAT32, BlockQuantiser.blocks(blocks, block));
        requireFinite(codeBook, StoredQuantisation.NESTED_MAP);
        requireFinite(absmax, StoredQuantisation.NESTED_ABSMAX);
        return new BlockScales.Nested(scope.promote(placed(codes)), scope.promote(placed(codeBook)),
                scope.promote(placed(absmax)), block, (float) offset.asDouble());
    }

    private void requireFinite(Tensor scales, String suffix) {
        for (float scale : scales.toFloats()) {
            require(Float.isFinite(scale), weight + suffix, "holds infinite numbers or NaN: the file is damaged");
        }
    }

    // ---- what the state says ----------------------------------------------------------------------------------------

    private JsonNode state(FourBitFormat format) {
        String name = weight + StoredQuantisation.STATE + format.checkpointName();
        return JsonFile.parse(source.entry(name).data().toArray(JAVA_BYTE), "The checkpoint's " + name);
    }

    private long[] shape(JsonNode state) {
        JsonNode shape = state.path("shape");
        require(shape.size() == 2 && shape.get(0).asLong() > 0 && shape.get(1).asLong() > 0
                        && Math.multiplyHigh(shape.get(0).asLong(), shape.get(1).asLong()) == 0, weight,
                "is no matrix: its quant_state gives the shape " + (shape.isMissingNode() ? "none" : shape));
        return new long[] {shape.get(0).asLong(), shape.get(1).asLong()};
    }

    private DType type(JsonNode state) {
        String name = state.path("dtype").asText();
        return Arrays.stream(DType.values()).filter(t -> t.torchName().equals(name) && t.isFloatingPoint()).findFirst()
                .orElseThrow(() -> new DataException(
                        "The checkpoint's " + weight + " was of the unknown type '" + name + "'"));
    }

    // ---- tensors ----------------------------------------------------------------------------------------------------

    /** The codes, which may also be stored under the name of a wider type, several bytes a number. */
    private Tensor codes(long bytes) {
        TensorSource.Entry entry = entry(weight);
        require(entry.data().byteSize() == bytes, weight, "has " + entry.data().byteSize() + " bytes of codes, but its"
                + " shape needs " + bytes + ": the file is torn, or its quant_state belongs to another weight");
        return Tensors.wrap(entry.data(), DType.UINT8, source, bytes, 1);
    }

    private Tensor tensor(String suffix, DType type, long count) {
        String name = weight + suffix;
        TensorSource.Entry entry = entry(name);
        require(entry.dtype() == type && entry.elements() == count, name, "is " + entry.dtype().torchName() + " "
                + Arrays.toString(entry.shape()) + " instead of " + count + " numbers of type " + type.torchName());
        return Tensors.wrap(entry.data(), type, source, count);
    }

    private TensorSource.Entry entry(String name) {
        if (!source.names().contains(name)) {
            throw new DataException(
                    "The checkpoint lacks " + name + ", without which the four-bit weight cannot be read");
        }
        return source.entry(name);
    }

    /** Where it is, or a copy. */
    private Tensor placed(Tensor inFile) {
        return mapped && device.isCpu() ? inFile : inFile.copy().to(device);
    }

    private static void require(boolean holds, String name, String problem) {
        if (!holds) {
            throw new DataException("The checkpoint's " + name + " " + problem);
        }
    }
}
