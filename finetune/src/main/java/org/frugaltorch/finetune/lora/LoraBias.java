package org.frugaltorch.finetune.lora;

import java.util.Arrays;
import java.util.Locale;

/** Which biases of the model an adapter trains too. */
public enum LoraBias {
    /** None. */
    NONE,
    /** Every bias of the model, norms included. */
    ALL,
    /** Those of the layers with an adapter. */
    LORA_ONLY;

    /** The word in PEFT's configuration. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads {@code none}, {@code all} or {@code lora_only}.
     *
     * @throws IllegalArgumentException for another word
     */
    public static LoraBias named(String configName) {
        return Arrays.stream(values()).filter(b -> b.configName().equals(configName)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Unknown bias setting '" + configName + "': known are none, all, lora_only"));
    }
}
