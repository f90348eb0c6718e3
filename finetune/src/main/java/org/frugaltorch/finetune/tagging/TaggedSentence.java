package org.frugaltorch.finetune.tagging;

import java.util.List;

/**
 * A sentence of a file.
 *
 * @param words in their order, at least one
 * @param labels one a word; none where the file was read without them
 * @param lines on which the words are, from 1
 */
public record TaggedSentence(List<String> words, List<String> labels, int[] lines) {
    public TaggedSentence {
        words = List.copyOf(words);
        labels = List.copyOf(labels);
    }
}
