package org.frugaltorch.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.frugaltorch.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointWriterTest {
    @TempDir
    Path directory;

    /** Bytes of an odd number of codes before the wider numbers that describe them. */
    private static TensorGroup group(String name) {
        return new TensorGroup(
                List.of(new TensorSpec(name, DType.UINT8, 3, 1), new TensorSpec(name + ".scales", DType.FLOAT32, 2)),
                sink -> {
                    sink.put(name + ".scales", MemorySegment.ofArray(new float[] {0.5f, name.length()}));
                    sink.put(name, MemorySegment.ofArray(new byte[] {1, 2, 3}));
                });
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private void assertReadsBack(String... names) {
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.metadata()).containsEntry("format", "pt");
            for (String name : names) {
                TensorSource.Entry scales = checkpoint.entry(name + ".scales");
                assertThat(scales.data().toArray(ValueLayout.JAVA_FLOAT)).containsExactly(0.5f, name.length());
                assertThat(checkpoint.entry(name).shape()).containsExactly(3, 1);
                assertThat(checkpoint.entry(name).data().toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2, 3);
            }
        }
    }

    @Test
    void whatFitsIsOneFile() throws IOException {
        assertThat(CheckpointWriter.write(directory, List.of(group("a"), group("bb")), 22)).isEqualTo(1);
        assertThat(files()).containsExactly("model.safetensors");
        assertReadsBack("a", "bb");
    }

    @Test
    void whatDoesNotFitIsShardedWithAnIndex() throws IOException {
        assertThat(CheckpointWriter.write(directory, List.of(group("a"), group("bb"), group("ccc")), 22)).isEqualTo(2);
        assertThat(files()).containsExactly("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                "model.safetensors.index.json");
        assertReadsBack("a", "bb", "ccc");
        JsonNode index = new ObjectMapper().readTree(directory.resolve("model.safetensors.index.json").toFile());
        assertThat(index.at("/metadata/total_size").asLong()).isEqualTo(33);
        assertThat(index.at("/weight_map/bb.scales").asText()).isEqualTo("model-00001-of-00002.safetensors");
        assertThat(index.at("/weight_map/ccc").asText()).isEqualTo("model-00002-of-00002.safetensors");
    }

    @Test
    void aGroupLargerThanAShardHasOneToItself() throws IOException {
        assertThat(CheckpointWriter.write(directory, List.of(group("a"), group("bb")), 1)).isEqualTo(2);
        assertReadsBack("a", "bb");
    }

    @Test
    void wantsTheDataOfEveryTensorOnce() {
        TensorSpec spec = new TensorSpec("a", DType.UINT8, 1);
        MemorySegment one = MemorySegment.ofArray(new byte[1]);
        assertThatThrownBy(() -> write(new TensorGroup(List.of(spec), sink -> { })))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("tensor 'a' was given no data");
        assertThatThrownBy(() -> write(new TensorGroup(List.of(spec), sink -> sink.put("b", one))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no tensor 'b'");
        assertThatThrownBy(() -> write(new TensorGroup(List.of(spec), sink -> {
            sink.put("a", one);
            sink.put("a", one);
        }))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'a' [1] needs 1 bytes once, but was given 1");
        assertThat(directory).isEmptyDirectory();
    }

    private void write(TensorGroup group) {
        CheckpointWriter.write(directory, List.of(group), 100);
    }
}
