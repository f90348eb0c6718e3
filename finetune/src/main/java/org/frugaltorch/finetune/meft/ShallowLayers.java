package org.frugaltorch.finetune.meft;

import java.util.Arrays;
import java.util.Locale;

/** What becomes of the layers below the reversible ones. */
public enum ShallowLayers {
    /** They are the pretrained ones, without adapters: nothing of them is trained, and nothing kept. */
    FROZEN,
    /** They have adapters and two streams too, but keep their activations as ordinary layers do. */
    TRAINED;

    /**
     * Reads {@code frozen} or {@code trained}.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static ShallowLayers named(String name) {
        return Arrays.stream(values()).filter(value -> value.toString().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Unknown treatment of shallow layers '" + name + "': known are " + Arrays.toString(values())));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
