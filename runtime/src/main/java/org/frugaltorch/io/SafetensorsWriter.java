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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.frugaltorch.tensor.DType;

/**
 * Writes safetensors files atomically, holding the data of one tensor, or one group of them, at a time.
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
            shape = new TensorSpec(name, dtype, shape).shape();
        }

        /** A tensor whose data needs no release after writing. */
        public static Tensor of(String name, DType dtype, long[] shape, Supplier<MemorySegment> data) {
            return new Tensor(name, dtype, shape, writer -> writer.accept(data.get()));
        }

        @Override
        public long[] shape() {
            return shape.clone();
        }

        private TensorSpec spec() {
            return new TensorSpec(name, dtype, shape);
        }

        private TensorGroup asGroup() {
            return new TensorGroup(List.of(spec()), sink -> data.lend(bytes -> sink.put(name, bytes)));
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
        List<TensorGroup> inDataOrder = tensors.stream()
                .sorted(Comparator.comparingInt((Tensor tensor) -> tensor.dtype.byteSize()).reversed())
                .map(Tensor::asGroup).toList();
        write(file, tensors.stream().map(Tensor::spec).toList(), inDataOrder, metadata);
    }

    /** Writes the tensors of all groups, whose data is asked for group by group; otherwise as {@link #write}. */
    public static void writeGroups(Path file, List<TensorGroup> groups, Map<String, String> metadata) {
        write(file, groups.stream().flatMap(group -> group.tensors().stream()).toList(), groups, metadata);
    }

    private static void write(
            Path file, List<TensorSpec> tensors, List<TensorGroup> groups, Map<String, String> metadata) {
        checkNames(tensors);
        Map<String, Long> begins = begins(tensors);
        byte[] header = header(tensors, begins, metadata);
        long dataStart = Long.BYTES + (long) header.length;
        AtomicFiles.write(file, out -> {
            ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length);
            writeFully(out, prefix, 0);
            writeFully(out, ByteBuffer.wrap(header), Long.BYTES);
            ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
            for (TensorGroup group : groups) {
                Map<String, TensorSpec> awaited = new LinkedHashMap<>();
                group.tensors().forEach(tensor -> awaited.put(tensor.name(), tensor));
                group.content().writeTo((name, data) -> {
                    check(group, awaited.remove(name), name, data);
                    writeSegment(out, data, chunk, dataStart + begins.get(name));
                });
                if (!awaited.isEmpty()) {
                    throw new IllegalArgumentException(
                            "tensor '" + awaited.keySet().iterator().next() + "' was given no data");
                }
            }
        });
    }

    private static void check(TensorGroup group, TensorSpec awaited, String name, MemorySegment data) {
        TensorSpec tensor = group.tensors().stream().filter(t -> t.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "a group has no tensor '" + name + "', but data for it"));
        if (awaited == null || data.byteSize() != tensor.byteSize()) {
            throw new IllegalArgumentException("tensor '" + name + "' " + Arrays.toString(tensor.shape()) + " needs "
                    + tensor.byteSize() + " bytes once, but was given " + data.byteSize());
        }
    }

    private static void checkNames(List<TensorSpec> tensors) {
        Set<String> seen = new HashSet<>(Set.of(SafetensorsHeader.METADATA));
        for (TensorSpec tensor : tensors) {
            if (!seen.add(tensor.name())) {
                throw new IllegalArgumentException(
                        "the tensor name '" + tensor.name() + "' is reserved or given twice");
            }
        }
    }

    private static Map<String, Long> begins(List<TensorSpec> tensors) {
        Map<String, Long> begins = new HashMap<>();
        long position = 0;
        for (TensorSpec tensor : tensors.stream()
                .sorted(Comparator.comparingInt((TensorSpec spec) -> spec.dtype().byteSize()).reversed()).toList()) {
            begins.put(tensor.name(), position);
            position = Math.addExact(position, tensor.byteSize());
        }
        return begins;
    }

    private static byte[] header(List<TensorSpec> tensors, Map<String, Long> begins, Map<String, String> metadata) {
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
            for (TensorSpec tensor : tensors) {
                long begin = begins.get(tensor.name());
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", tensor.dtype().safetensorsName());
                json.writeFieldName("shape");
                json.writeArray(tensor.shape(), 0, tensor.shape().length);
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

    /** Through one small direct buffer: any kind of segment works, and the JDK makes no large copies of its own. */
    private static void writeSegment(FileChannel out, MemorySegment data, ByteBuffer chunk, long position) {
        try {
            for (long done = 0; done < data.byteSize(); done += CHUNK_BYTES) {
                int size = (int) Math.min(CHUNK_BYTES, data.byteSize() - done);
                chunk.clear().limit(size);
                MemorySegment.ofBuffer(chunk).copyFrom(data.asSlice(done, size));
                writeFully(out, chunk, position + done);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void writeFully(FileChannel out, ByteBuffer buffer, long position) throws IOException {
        long begin = position - buffer.position();
        while (buffer.hasRemaining()) {
            out.write(buffer, begin + buffer.position());
        }
    }
}
