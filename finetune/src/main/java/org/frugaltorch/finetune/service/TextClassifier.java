package org.frugaltorch.finetune.service;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.classification.Scores;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.TextExample;
import org.frugaltorch.finetune.method.TrainedClassifier;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.io.DataException;

/**
 * A fine-tuned classifier of texts, ready to be asked by any thread. Texts that are longer than the model are cut.
 *
 * <pre>{@code
 * try (TextClassifier classifier = TextClassifier.open(Path.of("runs/mine/tokentune-0.25/model"))) {
 *     String label = classifier.classify("What a pleasant surprise").label();
 * }
 * }</pre>
 *
 * <p>What other texts share its batch can change a probability in its last digits, as it changes the order of sums.
 */
public final class TextClassifier implements AutoCloseable {
    private final List<String> labels;
    private final BatchingWorker<TextExample, Classification> worker;

    private TextClassifier(TrainedClassifier<SequenceClassifier> trained, ServiceSettings settings) {
        labels = trained.requireClasses().labels();
        worker = LoadedClassifier.worker("classifier of texts", trained, settings, TextClassifier::answer);
    }

    /**
     * Opens what {@code frugal classify} saved, {@code frugal glue} for a task of classes, or Transformers or PEFT in
     * their formats.
     *
     * @throws DataException when the directory holds no such classifier
     */
    public static TextClassifier open(Path model) {
        return open(model, ServiceSettings.DEFAULT);
    }

    /**
     * The same with settings of one's own.
     *
     * @throws DataException when the directory holds no such classifier
     */
    public static TextClassifier open(Path model, ServiceSettings settings) {
        return new TextClassifier(TrainedClassifier.open(model, settings.base()), settings);
    }

    /** Names of the classes, in the order of the model's scores. */
    public List<String> labels() {
        return labels;
    }

    /**
     * Classifies a text.
     *
     * @throws IllegalStateException when the classifier was closed
     */
    public Classification classify(String text) {
        return worker.ask(new TextExample(text, null, null));
    }

    /** Classifies a pair of texts, for models that were trained on pairs. */
    public Classification classify(String text, String textPair) {
        return worker.ask(new TextExample(text, textPair, null));
    }

    /** Classifies texts, in their order. */
    public List<Classification> classifyAll(List<String> texts) {
        return worker.ask(texts.stream().map(text -> new TextExample(text, null, null)).toList());
    }

    /** Answers what was asked before, then releases the model. */
    @Override
    public void close() {
        worker.close();
    }

    private static List<Classification> answer(
            LoadedClassifier<SequenceClassifier> loaded, List<TextExample> texts) {
        List<Encoding> encodings = texts.stream()
                .map(text -> loaded.tokenizer().encode(text.text(), text.textPair(), loaded.limit())).toList();
        Scores scores = Scores.of(
                loaded.classifier().model(), loaded.classifier().evaluation(), encodings, loaded.batching());
        int[] classes = scores.classes();
        return IntStream.range(0, classes.length)
                .mapToObj(text -> classification(loaded.labels().names(), classes[text], scores.probabilities(text))).toList();
    }

    private static Classification classification(List<String> labels, int best, double[] probabilities) {
        Map<String, Double> byName = new LinkedHashMap<>();
        IntStream.range(0, probabilities.length).forEach(i -> byName.put(labels.get(i), probabilities[i]));
        return new Classification(labels.get(best), probabilities[best], byName);
    }
}
