package org.frugaltorch.finetune.cli;

import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.tensor.DType;

/** What {@code --dtype} may say about a model that is trained. */
final class DTypeOption {
    /** The type by what the model's files hold. */
    static final String AUTO = "auto";

    private DTypeOption() {}

    /**
     * The type of that name.
     *
     * @throws IllegalArgumentException when training knows no such type
     */
    static DType named(String name) {
        return switch (name) {
            case "float32" -> DType.FLOAT32;
            case "bfloat16" -> DType.BFLOAT16;
            default -> throw new IllegalArgumentException("Unknown --dtype '" + name + "': use float32 or bfloat16");
        };
    }

    /**
     * The type of that name for a model; {@code auto} is bfloat16 for weights stored in 16 bits, else float32.
     *
     * @throws IllegalArgumentException when training knows no such type
     */
    static DType named(String name, ModelDirectory directory) {
        if (name.equals(AUTO)) {
            return directory.storedType().byteSize() < Float.BYTES ? DType.BFLOAT16 : DType.FLOAT32;
        }
        return named(name);
    }
}
