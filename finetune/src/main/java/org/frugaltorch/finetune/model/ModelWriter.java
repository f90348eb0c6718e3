package org.frugaltorch.finetune.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.quant.QuantisationConfig;
import org.frugaltorch.io.AtomicDirectory;
import org.frugaltorch.io.Checkpoint;
import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.nn.StoredTensors;
import org.frugaltorch.tensor.DType;

/**
 * Writes model directories, with what else belongs to a model: the tokenizer, the settings of generation, how pictures are
 * prepared.
 *
 * @param origin directory that those files are taken from
 */
record ModelWriter(Path origin) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String GENERATION_FILE = "generation_config.json";
    private static final String PREPROCESSOR_FILE = "preprocessor_config.json";
    private static final List<String> TOKENIZER_FILES = List.of(
            "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt",
            "vocab.json", "merges.txt", "tokenizer.model", "chat_template.jinja");

    /**
     * Writes a model as a directory of its own. Either all of it is there afterwards, or what was there before.
     *
     * @param config {@code config.json} but for the type and the quantisation of the weights, which it receives here
     */
    void write(ObjectNode config, DType dtype, Parameters parameters, Path target) {
        // Matrices may have been quantised, or restored, since they were loaded.
        config.remove(QuantisationConfig.FIELD);
        QuantisationConfig.of(parameters).ifPresent(q -> config.set(QuantisationConfig.FIELD, q.toJson()));
        config.put(config.has("torch_dtype") ? "torch_dtype" : "dtype", dtype.torchName()); // former and present name
        AtomicDirectory.write(target, directory -> {
            copyInputFiles(directory);
            copy(GENERATION_FILE, directory);
            Files.writeString(directory.resolve(ModelDirectory.CONFIG_FILE),
                    MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(config));
            writeWeights(parameters, directory.resolve(Checkpoint.SINGLE_FILE));
        });
    }

    /** Copies what makes texts, or pictures, the model's input. */
    void copyInputFiles(Path target) throws IOException {
        copyTokenizer(target);
        copy(PREPROCESSOR_FILE, target);
    }

    /** Copies the tokenizer's files. */
    void copyTokenizer(Path target) throws IOException {
        for (String name : TOKENIZER_FILES) {
            copy(name, target);
        }
    }

    private void copy(String name, Path target) throws IOException {
        if (Files.exists(origin.resolve(name))) {
            Files.copy(origin.resolve(name), target.resolve(name));
        }
    }

    private static void writeWeights(Parameters parameters, Path file) {
        List<SafetensorsWriter.Tensor> tensors = new ArrayList<>();
        parameters.asMap().forEach((name, tensor) -> tensors.add(StoredTensors.of(name, tensor)));
        SafetensorsWriter.write(file, tensors);
    }
}
