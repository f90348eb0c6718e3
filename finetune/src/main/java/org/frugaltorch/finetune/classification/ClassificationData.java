package org.frugaltorch.finetune.classification;

import java.nio.file.Path;
import java.util.List;
import org.frugaltorch.finetune.data.Examples;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;

/**
 * Labelled text, tokenised: what to train on and what to judge by.
 *
 * @param labels the classes, by the training examples
 */
public record ClassificationData(LabelledTokens training, LabelledTokens heldOut, LabelSet labels) {

    /**
     * Where the examples are.
     *
     * @param trainingFile CSV, TSV or JSON lines
     * @param heldOutFile likewise
     * @param textColumn name of the column with the text
     * @param textPairColumn of the second text of a pair, or null
     * @param labelColumn of the class
     */
    public record Files(
            Path trainingFile, Path heldOutFile, String textColumn, String textPairColumn, String labelColumn) {}

    /** Reads and tokenises both files; classes are in their names' natural order. */
    public static ClassificationData read(Files files, Tokenizer tokenizer, MaxLength maxLength) {
        return read(files, tokenizer, maxLength, List.of());
    }

    /**
     * Reads and tokenises both files.
     *
     * @param known classes that the model gives scores to already; if these are the labels, they keep their order
     */
    public static ClassificationData read(Files files, Tokenizer tokenizer, MaxLength maxLength, List<String> known) {
        Examples training = Examples.read(
                files.trainingFile(), files.textColumn(), files.textPairColumn(), files.labelColumn());
        Examples heldOut = Examples.read(
                files.heldOutFile(), files.textColumn(), files.textPairColumn(), files.labelColumn());
        LabelSet labels = LabelSet.of(training).inOrderOf(known);
        // Labels first: a wrong one should not cost the time that tokenising takes.
        int[] trainingLabels = labels.ids(training);
        int[] heldOutLabels = labels.ids(heldOut);
        return new ClassificationData(
                new LabelledTokens(tokenizer.encodeAll(training, maxLength), trainingLabels, labels.size()),
                new LabelledTokens(tokenizer.encodeAll(heldOut, maxLength), heldOutLabels, labels.size()),
                labels);
    }
}
