package org.frugaltorch.finetune.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.frugaltorch.io.Checkpoint;
import org.frugaltorch.io.CheckpointWriter;
import org.frugaltorch.io.TensorGroup;

/** Copies of a model directory in which something is different. */
public final class ModelCopy {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private ModelCopy() {}

    /** The same model, its weights in several files. */
    public static Path sharded(Path from, Path to, long maxShardBytes) {
        return write(from, to, config -> {}, tensors -> {}, maxShardBytes);
    }

    /** A model with changes to its configuration, and to its tensors by name. */
    public static Path changed(
            Path from, Path to, Consumer<ObjectNode> config, Consumer<Map<String, TensorGroup>> tensors) {
        return write(from, to, config, tensors, Long.MAX_VALUE);
    }

    private static Path write(Path from, Path to, Consumer<ObjectNode> config,
            Consumer<Map<String, TensorGroup>> tensors, long maxShardBytes) {
        try (Checkpoint checkpoint = Checkpoint.open(from)) {
            Files.createDirectories(to);
            ObjectNode json = (ObjectNode) MAPPER.readTree(from.resolve("config.json").toFile());
            config.accept(json);
            Files.writeString(to.resolve("config.json"), json.toString());
            Map<String, TensorGroup> groups = new LinkedHashMap<>();
            checkpoint.names().forEach(name -> groups.put(name, TensorGroup.stored(name, checkpoint.entry(name))));
            tensors.accept(groups);
            CheckpointWriter.write(to, List.copyOf(groups.values()), maxShardBytes);
            return to;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
