package org.frugaltorch.jmh;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.model.ModelDirectory;

/**
 * Shapes of well-known models, without weights. The files are Hugging Face's {@code config.json}; Python reads them
 * too.
 */
public final class Shapes {
    /** All there are. */
    public static final List<String> NAMES = List.of("bert-tiny", "minilm", "bert-base", "llama-tiny", "llama-15m",
            "llama-110m", "llama-1.1b", "llama-7b");

    private Shapes() {}

    /**
     * A shape by its name, or by the path of a {@code config.json}.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static ModelDirectory named(String name) {
        if (NAMES.contains(name)) {
            return extracted(name);
        }
        Path file = Path.of(name);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("Unknown shape '" + name
                    + "': give the path of a config.json, or one of "
                    + String.join(", ", NAMES));
        }
        return ModelDirectory.ofConfig(file);
    }

    /**
     * A shape with some whole numbers of its {@code config.json} changed.
     *
     * @param name one of {@link #NAMES}
     */
    public static ModelDirectory changed(String name, Map<String, Integer> fields) {
        ObjectNode config = named(name).json().deepCopy();
        fields.forEach(config::put);
        return directory(name, config.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static ModelDirectory extracted(String name) {
        try (InputStream in = Shapes.class.getResourceAsStream("shapes/" + name + ".json")) {
            return directory(name, in.readAllBytes());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Configurations are read from files; this one is gone again once it was read. */
    private static ModelDirectory directory(String name, byte... config) {
        try {
            Path folder = Files.createTempDirectory(name);
            Path file = folder.resolve("config.json");
            try {
                Files.write(file, config);
                return ModelDirectory.ofConfig(file);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
