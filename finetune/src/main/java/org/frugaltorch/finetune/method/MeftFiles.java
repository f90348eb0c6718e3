package org.frugaltorch.finetune.method;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.text.JsonFile;
import org.frugaltorch.io.AtomicDirectory;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.Problems;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.nn.StoredTensors;

/**
 * What was trained of a model that was made reversible, on disk: {@code adapter_config.json}, which names the
 * pretrained model, and {@code adapter_model.safetensors}.
 *
 * @param path the directory
 * @param base the pretrained model
 * @param config how the model is built again
 */
record MeftFiles(Path path, ModelDirectory base, MeftConfig config) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";

    /** Whether a directory holds such files. */
    static boolean areIn(Path path) {
        return Files.isRegularFile(path.resolve(CONFIG)) && MeftConfig.isMeft(JsonFile.read(path.resolve(CONFIG)));
    }

    /**
     * Reads the configuration in a directory.
     *
     * @param baseElsewhere where the pretrained model is now; null for where the directory says it was
     * @throws DataException when there are no such files, or the pretrained model is not there
     */
    static MeftFiles open(Path path, Path baseElsewhere) {
        MeftConfig config = config(path);
        Path base = baseElsewhere != null ? baseElsewhere : path.resolve(config.base());
        if (!Files.isDirectory(base)) {
            throw new DataException("The adapters in " + path + " belong to the pretrained model " + base
                    + ", which is not there: name the folder it is in now with --base");
        }
        return new MeftFiles(path, ModelDirectory.open(base), config);
    }

    /**
     * Reads the configuration in a directory, for a model that is at hand.
     *
     * @throws DataException when there are no such files
     */
    static MeftFiles open(Path path, ModelDirectory base) {
        return new MeftFiles(path, base, config(path));
    }

    private static MeftConfig config(Path path) {
        Path file = path.resolve(CONFIG);
        if (!Files.isRegularFile(file) || !Files.isRegularFile(path.resolve(WEIGHTS))) {
            throw new DataException(path + " is no adapter directory: it needs " + CONFIG + " and " + WEIGHTS);
        }
        return MeftConfig.read(JsonFile.read(file), file);
    }

    /**
     * Copies what is stored into everything of a model that is trained.
     *
     * @throws DataException when one is not for the other
     */
    void readInto(Parameters model) {
        try (SafetensorsFile weights = SafetensorsFile.open(path.resolve(WEIGHTS))) {
            List<String> problems = StoredTensors.readInto(
                    model.trainableByName(), weights, UnaryOperator.identity(), name -> false);
            if (!problems.isEmpty()) {
                throw new DataException("The adapters in " + path + " do not belong to the model in " + base.path() + ": "
                        + Problems.told(problems));
            }
        }
    }

    /** The path of a pretrained model as configurations name it. */
    static String named(ModelDirectory base) {
        return base.path().toAbsolutePath().normalize().toString();
    }

    /**
     * Writes everything of a model that is trained. Either all of it is there afterwards, or what was there before.
     *
     * @param more writes files beside, such as those of the tokenizer
     */
    static void write(MeftConfig config, Parameters model, AtomicDirectory.Content more, Path target) {
        List<SafetensorsWriter.Tensor> tensors = new ArrayList<>();
        model.trainableByName().forEach((name, tensor) -> tensors.add(StoredTensors.of(name, tensor)));
        AtomicDirectory.write(target, directory -> {
            more.writeTo(directory);
            Files.writeString(directory.resolve(CONFIG),
                    MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(config.write()));
            SafetensorsWriter.write(directory.resolve(WEIGHTS), tensors);
        });
    }
}
