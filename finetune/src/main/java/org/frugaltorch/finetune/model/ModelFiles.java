package org.frugaltorch.finetune.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.frugaltorch.io.AtomicDirectory;
import org.frugaltorch.io.CheckpointWriter;
import org.frugaltorch.io.TensorGroup;

/** Writes a model directory that another one was turned into, file to file. */
public final class ModelFiles {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String CONFIG_FILE = "config.json";

    /** How names of weights and of what lists them end, in any framework. */
    private static final List<String> WEIGHTS = List.of(".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".h5",
            ".msgpack", ".onnx", ".onnx_data", ".gguf", ".ot", ".index.json", ".npz", ".tflite");

    private ModelFiles() {}

    /**
     * Writes a directory with other weights and another configuration, and all other files as they are: tokenizer,
     * generation settings, licence. Folders and hidden files are left out. Either all of it is there afterwards, or
     * what was there before.
     *
     * @param groups the weights
     * @param maxShardBytes of a file of weights
     * @return the number of files with weights
     */
    public static int write(
            ModelDirectory source, ObjectNode config, List<TensorGroup> groups, long maxShardBytes, Path target) {
        int[] shards = new int[1];
        AtomicDirectory.write(target, directory -> {
            copyOthers(source.path(), directory);
            Files.writeString(directory.resolve(CONFIG_FILE),
                    MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
            shards[0] = CheckpointWriter.write(directory, groups, maxShardBytes);
        });
        return shards[0];
    }

    private static void copyOthers(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(from)) {
            files = listed.filter(Files::isRegularFile).filter(ModelFiles::isCopied).sorted().toList();
        }
        for (Path file : files) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
    }

    private static boolean isCopied(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && !name.equals(CONFIG_FILE) && WEIGHTS.stream().noneMatch(name::endsWith);
    }
}
