package org.frugaltorch.finetune.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;

/** What commands that turn one model into another are given. */
final class ModelInput {
    private static final DType[] TYPES = {DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16};

    private ModelInput() {}

    /** A model directory; a name of a model elsewhere is none. */
    static ModelDirectory open(Path path) {
        if (!Files.isDirectory(path)) {
            throw new DataException("there is no model directory " + path
                    + "; give the path of one (config.json and safetensors), as nothing is downloaded here");
        }
        return ModelDirectory.open(path);
    }

    /**
     * A type of weights by its name.
     *
     * @param option it was given for
     */
    static DType dtype(String option, String name) {
        return Arrays.stream(TYPES).filter(type -> type.torchName().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Unknown " + option + " '" + name + "': use float32, float16 or bfloat16"));
    }
}
