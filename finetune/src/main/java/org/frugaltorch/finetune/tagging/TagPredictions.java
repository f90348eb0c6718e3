package org.frugaltorch.finetune.tagging;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.TextInputs;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.metrics.EntityScores;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.metrics.MetricSet;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.TokenClassifier;
import org.frugaltorch.finetune.train.TrainingException;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * What a model says of the words of sentences.
 *
 * @param classes likeliest class of every word, sentence by sentence
 * @param labels names of the classes
 */
public record TagPredictions(int[][] classes, LabelSet labels) {

    /**
     * Labels every word of sentences.
     *
     * @param limit of a sequence; longer sentences are read in parts
     * @throws TrainingException when the model's scores are no numbers
     */
    public static TagPredictions of(
            PreparedClassifier<TokenClassifier> model, LabelSet labels, List<List<String>> sentences, Tokenizer tokenizer,
            MaxLength limit, int batchSize) {
        List<WordPieces> parts = new WordTokenizer(tokenizer, limit).parts(sentences, i -> "sentence " + (i + 1));
        return of(model, labels, sentences, parts, BatchSettings.evaluation(batchSize, tokenizer.padId()));
    }

    static TagPredictions of(
            PreparedClassifier<TokenClassifier> model, LabelSet labels, JudgedSentences sentences, BatchSettings batching) {
        return of(model, labels, sentences.file().texts(), sentences.parts(), batching);
    }

    private static TagPredictions of(
            PreparedClassifier<TokenClassifier> model, LabelSet labels, List<List<String>> sentences,
            List<WordPieces> parts, BatchSettings batching) {
        int[][] classes = sentences.stream().map(words -> new int[words.size()]).toArray(int[][]::new);
        Batcher batcher = new Batcher(new TextInputs(parts.stream().map(WordPieces::encoding).toList()),
                BatchSettings.evaluation(batching.batchSize(), batching.padId()));
        for (Batch batch : batcher.epoch(0)) {
            int[] best = best(model, batch);
            for (int row = 0; row < batch.rows(); row++) {
                WordPieces part = parts.get(batch.examples()[row]);
                for (int column = 0; column < part.words().length; column++) {
                    if (part.words()[column] != WordPieces.NONE) {
                        classes[part.sentence()][part.words()[column]] = best[row * batch.width() + column];
                    }
                }
            }
        }
        return new TagPredictions(classes, labels);
    }

    /** The likeliest class of every token [B * T]. */
    private static int[] best(PreparedClassifier<TokenClassifier> classifier, Batch batch) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            Tensor logits = classifier.model()
                    .scores(classifier.evaluation(), batch.tokens(), ForwardMode.EVALUATE).logits(); // [B, T, classes]
            Tensor[] best = logits.topk(1, -1);
            for (float score : best[0].toFloats()) {
                if (Float.isNaN(score)) {
                    throw TrainingException.scoresAreNaN();
                }
            }
            return best[1].toInts();
        }
    }

    /** The names of the predicted labels, sentence by sentence. */
    public List<List<String>> names() {
        return Arrays.stream(classes).map(sentence -> Arrays.stream(sentence).mapToObj(labels::name).toList()).toList();
    }

    /** Compares with the labels that a file has for the same words: values by metric name. */
    public Map<String, Double> judge(ConllFile file, TagScheme scheme) {
        if (!scheme.marksEntities()) {
            int[] predicted = Arrays.stream(classes).flatMapToInt(Arrays::stream).toArray();
            int[] expected = file.labels().stream().flatMap(List::stream).mapToInt(labels::id).toArray();
            Map<String, Double> values = new MetricSet(scheme.metrics()).ofClasses(expected, predicted, labels.size());
            values.remove(Metric.COMBINED.id());
            return values;
        }
        EntityScores scores = EntityScores.of(file.labels(), names());
        Map<String, Double> values = new LinkedHashMap<>();
        scheme.metrics().forEach(metric -> values.put(metric.id(), scores.value(metric)));
        return values;
    }
}
