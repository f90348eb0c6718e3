package org.frugaltorch.finetune.quant;

import java.util.Set;

/** The linear layers that turn final states into scores; methods for "all linear layers" leave them alone. */
public final class OutputHeads {
    private static final Set<String> NAMES = Set.of("lm_head", "classifier", "score", "classifier.dense",
            "classifier.out_proj", "classification_head.dense", "classification_head.out_proj");

    private OutputHeads() {}

    /** All of them. */
    public static Set<String> names() {
        return NAMES;
    }

    /** Whether the linear layer of that full name is one. */
    public static boolean contains(String layer) {
        return NAMES.contains(layer);
    }
}
