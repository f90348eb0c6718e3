package org.frugaltorch.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.frugaltorch.tensor.DType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    @TempDir
    Path directory;

    @BeforeEach
    void writeShards() {
        shard("one.safetensors", "a", 1);
        shard("two.safetensors", "b", 2);
    }

    private void shard(String file, String name, float value) {
        SafetensorsWriter.write(directory.resolve(file), List.of(SafetensorsWriter.Tensor.of(name, DType.FLOAT32,
                new long[] {1}, () -> MemorySegment.ofArray(new float[] {value}))), Map.of("format", "pt"));
    }

    private void index(String json) throws IOException {
        Files.writeString(directory.resolve(Checkpoint.INDEX_FILE), json.replace('\'', '"'));
    }

    @Test
    void opensASingleFile() throws IOException {
        Files.move(directory.resolve("one.safetensors"), directory.resolve(Checkpoint.SINGLE_FILE));
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.names()).containsExactly("a");
            assertThat(checkpoint.entry("a").data().get(ValueLayout.JAVA_FLOAT, 0)).isEqualTo(1f);
            assertThat(checkpoint.metadata()).containsEntry("format", "pt");
            assertThatThrownBy(() -> checkpoint.entry("z")).isInstanceOf(DataException.class)
                    .hasMessage("the weights in " + directory + " have no tensor 'z'");
        }
    }

    @Test
    void opensShards() throws IOException {
        index("{'metadata':{'total_size':8},'weight_map':{'b':'two.safetensors','a':'one.safetensors'}}");
        MemorySegment data;
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.names()).containsExactly("b", "a");
            data = checkpoint.entry("b").data();
            assertThat(data.get(ValueLayout.JAVA_FLOAT, 0)).isEqualTo(2f);
            assertThat(checkpoint.metadata()).isEqualTo(Map.of("format", "pt"));
        }
        assertThat(data.scope().isAlive()).isFalse();
    }

    @Test
    void namesWhatIsMissing() throws IOException {
        refused("has neither model.safetensors nor model.safetensors.index.json");
        Files.createFile(directory.resolve("pytorch_model.bin"));
        refused("must be converted to safetensors first");
        index("{'weight_map':{'a':'one.safetensors','c':'three.safetensors'}}");
        refused("the shard " + directory.resolve("three.safetensors") + " is missing");
        index("{'weight_map':{'a':'two.safetensors'}}");
        refused("says that two.safetensors holds the tensor 'a', but it does not");
    }

    @Test
    void refusesABadIndex() throws IOException {
        index("{'weight_map':{'a':'../one.safetensors'}}");
        refused("not a plain file name");
        index("{'weight_map':{'a':1}}");
        refused("gives no file name for the tensor 'a'");
        index("{'weight_map':{}}");
        refused("has no weight_map");
        index("[]");
        refused("has no weight_map");
        index("");
        refused("has no weight_map");
        index("{'weight_map':");
        refused("is not valid JSON");
        index("{'weight_map':{'a':'one.safetensors','a':'two.safetensors'}}");
        refused("is not valid JSON");
    }

    @Test
    void aMissingDirectoryPointsToWhatACrashLeft() throws IOException {
        Path model = directory.resolve("model");
        assertThatThrownBy(() -> Checkpoint.open(model)).isInstanceOf(DataException.class)
                .hasMessage("there is no model directory " + model);
        Files.createDirectory(AtomicDirectory.previous(model));
        assertThatThrownBy(() -> Checkpoint.open(model)).isInstanceOf(DataException.class)
                .hasMessageContaining("left its former content in " + AtomicDirectory.previous(model));
    }

    private void refused(String problem) {
        assertThatThrownBy(() -> Checkpoint.open(directory).close())
                .isInstanceOf(DataException.class).hasMessageContaining(problem);
    }
}
