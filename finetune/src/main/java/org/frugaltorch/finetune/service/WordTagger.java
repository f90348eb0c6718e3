package org.frugaltorch.finetune.service;

import java.nio.file.Path;
import java.util.List;
import org.frugaltorch.finetune.method.TrainedClassifier;
import org.frugaltorch.finetune.model.TokenClassifier;
import org.frugaltorch.finetune.tagging.TagPredictions;
import org.frugaltorch.io.DataException;

/**
 * A fine-tuned model that labels the words of sentences, ready to be asked by any thread. Sentences that are longer than
 * the model are read in parts.
 */
public final class WordTagger implements AutoCloseable {
    private final List<String> labels;
    private final BatchingWorker<List<String>, List<String>> worker;

    private WordTagger(TrainedClassifier<TokenClassifier> trained, ServiceSettings settings) {
        labels = trained.labels();
        worker = LoadedClassifier.worker("tagger of words", trained, settings, WordTagger::answer);
    }

    /**
     * Opens what {@code frugal tag} saved, or Transformers or PEFT in their formats.
     *
     * @throws DataException when the directory holds no such model
     */
    public static WordTagger open(Path model) {
        return open(model, ServiceSettings.DEFAULT);
    }

    /**
     * The same with settings of one's own.
     *
     * @throws DataException when the directory holds no such model
     */
    public static WordTagger open(Path model, ServiceSettings settings) {
        return new WordTagger(TrainedClassifier.openOfTokens(model, settings.base()), settings);
    }

    /** Names of all labels, in the order of the model's scores. */
    public List<String> labels() {
        return labels;
    }

    /**
     * Labels the words of a sentence.
     *
     * @return one label a word; none for a sentence without words
     * @throws IllegalStateException when the tagger was closed
     */
    public List<String> tag(List<String> words) {
        return tagAll(List.of(words)).getFirst();
    }

    /** Labels the words of sentences, in their order. */
    public List<List<String>> tagAll(List<List<String>> sentences) {
        return worker.ask(sentences.stream().<List<String>>map(List::copyOf).toList());
    }

    /** Answers what was asked before, then releases the model. */
    @Override
    public void close() {
        worker.close();
    }

    private static List<List<String>> answer(
            LoadedClassifier<TokenClassifier> loaded, List<List<String>> sentences) {
        return TagPredictions.of(loaded.classifier(), loaded.labels(), sentences, loaded.tokenizer(), loaded.limit(),
                loaded.batchSize()).names();
    }
}
