package org.frugaltorch.finetune.importer;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.io.DataException;

/**
 * The weights in an ONNX file, as slices of its mapping: of the whole graph only names and shapes are held in memory.
 * Protobuf field numbers are those of the ONNX specification.
 */
final class OnnxFile {
    private static final int FLOAT = 1; // TensorProto.DataType

    private final Path file;
    private final MemorySegment mapping;
    private final Map<String, WeightTensor> floats = new LinkedHashMap<>();
    private final List<Node> matMuls = new ArrayList<>();

    /** A matrix product of the graph; its second input is the weight, if it is an initializer. */
    record Node(String name, List<String> inputs) {
    }

    private OnnxFile(Path file, MemorySegment mapping) {
        this.file = file;
        this.mapping = mapping;
    }

    /**
     * Reads names and shapes in {@code file}, mapped until {@code arena} closes.
     *
     * @throws DataException if it is not an ONNX model with its weights inside
     */
    static OnnxFile read(Path file, Arena arena) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new DataException(file + " is larger than 2 GiB, which no ONNX file with its weights inside can be");
            }
            MemorySegment mapping = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            OnnxFile onnx = new OnnxFile(file, mapping);
            // A stream, as for mapped buffers the library turns to Unsafe, of which new JDKs warn the user.
            onnx.readModel(CodedInputStream.newInstance(Channels.newInputStream(channel.position(0))));
            if (onnx.floats.isEmpty()) {
                throw new DataException(file + " holds no float32 weights");
            }
            return onnx;
        } catch (InvalidProtocolBufferException failure) {
            throw new DataException(file + " is not a valid ONNX file: " + failure.getMessage(), failure);
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
    }

    /** The float32 initializers by name. */
    Map<String, WeightTensor> floats() {
        return floats;
    }

    /** The graph's matrix products. */
    List<Node> matMuls() {
        return matMuls;
    }

    private void readModel(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == message(7)) {
                int outer = enter(in);
                readGraph(in);
                in.popLimit(outer);
            } else {
                in.skipField(tag);
            }
        }
    }

    private void readGraph(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == message(1)) {
                int outer = enter(in);
                readNode(in);
                in.popLimit(outer);
            } else if (tag == message(5)) {
                int outer = enter(in);
                readTensor(in);
                in.popLimit(outer);
            } else {
                in.skipField(tag);
            }
        }
    }

    private void readNode(CodedInputStream in) throws IOException {
        List<String> inputs = new ArrayList<>();
        String name = "";
        String operator = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> inputs.add(readText(in));
                case 3 -> name = readText(in);
                case 4 -> operator = readText(in);
                default -> in.skipField(tag);
            }
        }
        if (operator.equals("MatMul")) {
            matMuls.add(new Node(name, inputs));
        }
    }

    private void readTensor(CodedInputStream in) throws IOException {
        List<Long> dims = new ArrayList<>();
        int type = 0;
        String name = "";
        MemorySegment data = null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> readDims(in, tag, dims);
                case 2 -> type = in.readInt32();
                case 8 -> name = readText(in);
                case 9 -> {
                    int size = in.readRawVarint32();
                    long at = in.getTotalBytesRead();
                    in.skipRawBytes(size);
                    data = mapping.asSlice(at, size);
                }
                default -> in.skipField(tag);
            }
        }
        if (type == FLOAT) {
            addFloats(name, dims, data);
        }
    }

    private static void readDims(CodedInputStream in, int tag, List<Long> dims) throws IOException {
        if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            dims.add(in.readInt64());
            return;
        }
        int outer = enter(in);
        while (!in.isAtEnd()) {
            dims.add(in.readInt64());
        }
        in.popLimit(outer);
    }

    private void addFloats(String name, List<Long> dims, MemorySegment data) {
        long[] shape = dims.stream().mapToLong(Long::longValue).toArray();
        if (data == null) {
            return; // small constants are stored as repeated fields; no weight of a model is
        }
        // As doubles, so that absurd sizes of a damaged file compare unequal instead of overflowing.
        double bytes = Arrays.stream(shape).asDoubleStream().reduce(Float.BYTES, (size, dim) -> size * dim);
        if (data.byteSize() != bytes) {
            throw new DataException(file + ": the tensor " + name + " " + Arrays.toString(shape) + " has "
                    + data.byteSize() + " bytes of data");
        }
        floats.put(name, new WeightTensor(name, shape, data));
    }

    /** The library's own reading of texts turns to Unsafe too. */
    private static String readText(CodedInputStream in) throws IOException {
        return new String(in.readByteArray(), StandardCharsets.UTF_8);
    }

    private static int enter(CodedInputStream in) throws IOException {
        return in.pushLimit(in.readRawVarint32());
    }

    private static int message(int field) {
        return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }
}
