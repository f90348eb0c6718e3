package org.frugaltorch.finetune.tagging;

import java.util.List;
import org.frugaltorch.finetune.data.LabelSet;

/**
 * Sentences to judge by, whose every word is read.
 *
 * @param file they are from
 * @param parts of the sentences
 */
public record JudgedSentences(ConllFile file, List<WordPieces> parts) {

    /** @throws org.frugaltorch.io.DataException if a label is not among the classes */
    static JudgedSentences of(ConllFile file, WordTokenizer words, LabelSet classes) {
        file.requireKnown(classes);
        return new JudgedSentences(file, words.parts(file.texts(), file::where));
    }
}
