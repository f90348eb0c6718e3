package org.frugaltorch.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.frugaltorch.tensor.DType;

/**
 * Writes safetensors files atomically, holding the data of one tensor at a time.
 *
 * <p>The header lists tensors in the given order. Data of wider element types comes first (in the given order within one
 * width), which aligns every tensor without gaps. The same input always gives the same bytes.
 */
public final class SafetensorsWriter {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Map<String, String> PYTORCH = Map.of("format", "pt");
    private static final int CHUNK_BYTES = 1 << 20;

    private SafetensorsWriter() {
    }

    /** Lends the bytes of a tensor for as long as the writer needs them. */
    @FunctionalInterface
    public interface Data {
        /** Calls {@code writer} once with all bytes of the tensor; they may be released when it returns. */
        void lend(Consumer<MemorySegment> writer);
    }

    /**
     * A tensor to be written; {@code data} is asked once, when its turn comes.
     *
     * @param shape sizes of the dimensions; empty for a scalar
     * @param data  little-endian elements in row-major order
     */
    public record Tensor(String name, DType dtype, long[] shape, Data data) {
        /** @throws IllegalArgumentException if a dimension is negative or the size overflows */
        public Tensor {
            shape = shape.clone();
            if (Arrays.stream(shape).anyMatch(size -> size < 0) || SafetensorsHeader.byteSize(dtype, shape) < 0) {
                throw new IllegalArgumentException(
                        "tensor '" + name + "': the shape " + Arrays.toString(shape) + " is negative or too large");
            }
        }

        /** A tensor whose data needs no release after writing. */
        public static Tensor of(String name, DType dtype, long[] shape, Supplier<MemorySegment> data) {
            return new Tensor(name, dtype, shape, writer -> writer.accept(data.get()));
        }

        @Override
        public long[] shape() {
            return shape.clone();
        }

        long byteSize() {
            return SafetensorsHeader.byteSize(dtype, shape);
        }
    }

    /** Writes {@code tensors} with the metadata {@code format=pt}, which other libraries ask for. */
    public static void write(Path file, List<Tensor> tensors) {
        write(file, tensors, PYTORCH);
    }

    /**
     * Writes {@code tensors} to {@code file}; an existing file is replaced only once all of it is on the disk.
     *
     * @param metadata texts to keep in the header, in iteration order; none if empty
     * @throws IllegalArgumentException if a name occurs twice or data does not have the size of its shape
     * @throws DataException            if the file cannot be written
     */
    public static void write(Path file, List<Tensor> tensors, Map<String, String> metadata) {
        checkNames(tensors);
        List<Tensor> dataOrder = tensors.stream()
                .sorted(Comparator.comparingInt((Tensor tensor) -> tensor.dtype.byteSize()).reversed()).toList();
        byte[] header = header(tensors, dataOrder, metadata);
        AtomicFiles.write(file, out -> {
            ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length);
            writeFully(out, prefix);
            writeFully(out, ByteBuffer.wrap(header));
            ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
            for (Tensor tensor : dataOrder) {
                writeData(out, tensor, chunk);
            }
        });
    }

    private static void checkNames(List<Tensor> tensors) {
        Set<String> seen = new HashSet<>(Set.of(SafetensorsHeader.METADATA));
        for (Tensor tensor : tensors) {
            if (!seen.add(tensor.name)) {
                throw new IllegalArgumentException("the tensor name '" + tensor.name + "' is reserved or given twice");
            }
        }
    }

    private static byte[] header(List<Tensor> tensors, List<Tensor> dataOrder, Map<String, String> metadata) {
        Map<String, Long> begins = new HashMap<>();
        long position = 0;
        for (Tensor tensor : dataOrder) {
            begins.put(tensor.name, position);
            position = Math.addExact(position, tensor.byteSize());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(SafetensorsHeader.METADATA);
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            for (Tensor tensor : tensors) {
                long begin = begins.get(tensor.name);
                json.writeObjectFieldStart(tensor.name);
                json.writeStringField("dtype", tensor.dtype.safetensorsName());
                json.writeFieldName("shape");
                json.writeArray(tensor.shape, 0, tensor.shape.length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {begin, begin + tensor.byteSize()}, 0, 2);
                json.writeEndObject();
            }
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        // Spaces up to a multiple of 8 keep the data aligned: the prefix has 8 bytes too.
        String padding = " ".repeat((Long.BYTES - bytes.size() % Long.BYTES) % Long.BYTES);
        bytes.writeBytes(padding.getBytes(StandardCharsets.US_ASCII));
        return bytes.toByteArray();
    }

    private static void writeData(FileChannel out, Tensor tensor, ByteBuffer chunk) {
        int[] calls = {0};
        tensor.data.lend(data -> {
            if (calls[0]++ > 0 || data.byteSize() != tensor.byteSize()) {
                throw new IllegalArgumentException("tensor '" + tensor.name + "' " + Arrays.toString(tensor.shape) + " needs "
                        + tensor.byteSize() + " bytes once, but was given " + data.byteSize());
            }
            try {
                writeSegment(out, data, chunk);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
        if (calls[0] == 0) {
            throw new IllegalArgumentException("tensor '" + tensor.name + "' was given no data");
        }
    }

    /** Through one small direct buffer: any kind of segment works, and the JDK makes no large copies of its own. */
    private static void writeSegment(FileChannel out, MemorySegment data, ByteBuffer chunk) throws IOException {
        for (long done = 0; done < data.byteSize(); done += CHUNK_BYTES) {
            int size = (int) Math.min(CHUNK_BYTES, data.byteSize() - done);
            chunk.clear().limit(size);
            MemorySegment.ofBuffer(chunk).copyFrom(data.asSlice(done, size));
            writeFully(out, chunk);
        }
    }

    private static void writeFully(FileChannel out, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }
}
