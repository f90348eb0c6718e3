package org.frugaltorch.finetune.data;

import java.util.Objects;

/**
 * A text to learn from or to classify.
 *
 * @param textPair a second text for tasks on pairs, or null
 * @param label    the class as written in the data, or null if unlabelled
 */
public record TextExample(String text, String textPair, String label) {
    /** Only the text is required. */
    public TextExample {
        Objects.requireNonNull(text, "text");
    }
}
