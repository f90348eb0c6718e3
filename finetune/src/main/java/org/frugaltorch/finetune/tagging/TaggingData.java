package org.frugaltorch.finetune.tagging;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.io.DataException;

/**
 * Labelled sentences, tokenised: what to train on and what to judge by.
 *
 * @param heldOut by which the best model is chosen
 * @param test by which that model is judged in the end, if anything
 * @param labels the classes, by the training sentences or by a model that has them already
 * @param scheme what the labels mean
 */
public record TaggingData(
        TaggedTokens training, JudgedSentences heldOut, Optional<JudgedSentences> test, LabelSet labels,
        TagScheme scheme) {

    /**
     * Where the sentences are.
     *
     * @param training to learn from
     * @param heldOut to choose the best model by
     * @param test to judge that by in the end, or null
     */
    public record Files(Path training, Path heldOut, Path test, ConllColumns columns) {}

    /**
     * Reads and tokenises all files.
     *
     * @param known classes that the model gives scores to already; they stay if they are all that is needed
     * @throws DataException if a file is not usable, or has a label that is not known from training
     */
    public static TaggingData read(Files files, Tokenizer tokenizer, MaxLength limit, List<String> known) {
        ConllFile training = ConllFile.read(files.training(), files.columns());
        ConllFile heldOut = ConllFile.read(files.heldOut(), files.columns());
        Optional<ConllFile> test = Optional.ofNullable(files.test()).map(file -> ConllFile.read(file, files.columns()));
        TagScheme scheme = TagScheme.of(training.sentences());
        LabelSet labels = classes(training, scheme, known);
        WordTokenizer words = new WordTokenizer(tokenizer, limit);
        return new TaggingData(
                TaggedTokens.of(training, words.cut(training.texts(), training::where), labels),
                JudgedSentences.of(heldOut, words, labels),
                test.map(file -> JudgedSentences.of(file, words, labels)), labels, scheme);
    }

    private static LabelSet classes(ConllFile training, TagScheme scheme, List<String> known) {
        List<String> seen = training.labels().stream().flatMap(List::stream).distinct().toList();
        if (seen.size() < 2) {
            throw new DataException("every word in " + training.path() + " has the label '" + seen.getFirst()
                    + "'; a tagger needs at least two labels");
        }
        Collection<String> wanted = scheme.labelsOf(training.sentences());
        return known.containsAll(seen) ? LabelSet.of(known) : LabelSet.sorted(wanted);
    }
}
