package org.frugaltorch.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.model.CheckpointSource;
import org.frugaltorch.finetune.model.Initializer;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Loading weights, beside reading a mapped file without knowing what is in it. The file is in the page cache. */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SafetensorsBenchmark extends TimedBenchmark {
    private static final int TENSORS = 64;
    private static final Initializer UNUSED = new Initializer.Constant(0);

    /** Size of the file's data. */
    @Param("268435456")
    public long bytes;

    private Path file;

    @Setup(Level.Trial)
    public void write() {
        long numbers = numbers();
        try (Arena arena = Arena.ofConfined()) {
            file = Files.createTempFile("weights", ".safetensors");
            MemorySegment data = arena.allocate(numbers * Float.BYTES, Float.BYTES).fill((byte) 1);
            SafetensorsWriter.write(file, IntStream.range(0, TENSORS).mapToObj(i -> SafetensorsWriter.Tensor.of(
                    "layer." + i, DType.FLOAT32, new long[] {numbers}, () -> data)).toList());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Counters.put(Counters.BYTES, (double) TENSORS * numbers * Float.BYTES);
    }

    @TearDown(Level.Trial)
    public void delete() throws IOException {
        Files.delete(file);
    }

    private long numbers() {
        return bytes / TENSORS / Float.BYTES;
    }

    /** As for training: every tensor in memory of its own. */
    @Benchmark
    public void load() {
        read(false);
    }

    /** As for generation: tensors stay in the mapped file, whose pages are read when they are used. */
    @Benchmark
    public void open() {
        read(true);
    }

    private void read(boolean mapped) {
        try (SafetensorsFile weights = SafetensorsFile.open(file); TensorScope scope = TensorScope.open()) {
            CheckpointSource source = new CheckpointSource(weights, "", DType.FLOAT32, Device.CPU, mapped);
            List.copyOf(weights.names()).forEach(name -> source.get(name, UNUSED, !mapped, numbers()));
            source.finish();
        }
    }

    /** The whole file copied to memory, by nothing but Java. */
    @Benchmark
    public void plainRead() throws IOException {
        try (TensorScope scope = TensorScope.open(); Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file)) {
            MemorySegment mapping = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            Tensors.empty(DType.UINT8, Device.CPU, mapping.byteSize()).segment().copyFrom(mapping);
        }
    }
}
