package org.frugaltorch.finetune.classification;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.data.Ahead;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.Inputs;
import org.frugaltorch.finetune.data.TextInputs;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.train.TrainingException;
import org.frugaltorch.tensor.TensorScope;

/**
 * The scores that a model gives to examples.
 *
 * @param values one row an example [N, columns]
 * @param columns numbers a row: one a class, or a single number
 */
public record Scores(float[] values, int columns) {

    /**
     * Runs the model over all examples, in their order.
     *
     * @throws TrainingException when scores are NaN
     */
    public static Scores of(SequenceClassifier model, LabelledTokens examples, BatchSettings batching) {
        return of(model, new KeepAll(), examples, batching);
    }

    /**
     * The same of a model that is run in a way of its own.
     *
     * @throws TrainingException when scores are NaN
     */
    public static Scores of(
            SequenceClassifier model, ActivationStrategy strategy, LabelledTokens examples, BatchSettings batching) {
        return of(model, strategy, examples.inputs(), batching);
    }

    /**
     * The scores of texts.
     *
     * @throws TrainingException when scores are NaN
     */
    public static Scores of(
            SequenceClassifier model, ActivationStrategy strategy, List<Encoding> texts, BatchSettings batching) {
        return of(model, strategy, new TextInputs(texts), batching);
    }

    private static Scores of(
            SequenceClassifier model, ActivationStrategy strategy, Inputs examples, BatchSettings batching) {
        Batcher batcher = new Batcher(examples, BatchSettings.evaluation(batching.batchSize(), batching.padId()));
        float[] values = null;
        int columns = 0;
        try (Ahead<Batch> batches = new Ahead<>(batcher.epoch(0))) {
            while (batches.hasNext()) {
                Batch batch = batches.next();
                float[] rows = logits(model, strategy, batch);
                columns = rows.length / batch.rows();
                values = values == null ? new float[Math.multiplyExact(examples.count(), columns)] : values;
                for (int row = 0; row < batch.rows(); row++) {
                    System.arraycopy(rows, row * columns, values, batch.examples()[row] * columns, columns);
                }
            }
        }
        Scores scores = new Scores(values == null ? new float[0] : values, columns);
        scores.requireNumbers();
        return scores;
    }

    /** [B * columns]. */
    private static float[] logits(SequenceClassifier model, ActivationStrategy strategy, Batch batch) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            return model.logits(strategy, batch.tokens(), ForwardMode.EVALUATE).toFloats();
        }
    }

    private void requireNumbers() {
        for (float value : values) {
            if (Float.isNaN(value)) {
                throw TrainingException.scoresAreNaN();
            }
        }
    }

    /** Number of examples. */
    public int count() {
        return columns == 0 ? 0 : values.length / columns;
    }

    /** The class with the highest score, for every example; the first of several. */
    public int[] classes() {
        return IntStream.range(0, count()).map(this::best).toArray();
    }

    private int best(int row) {
        int best = 0;
        for (int column = 1; column < columns; column++) {
            best = values[row * columns + column] > values[row * columns + best] ? column : best;
        }
        return best;
    }

    /** The probabilities of an example's classes, which sum to 1. */
    public double[] probabilities(int example) {
        double most = values[example * columns + best(example)]; // subtracted, so that no exponential overflows
        double[] shares = IntStream.range(example * columns, (example + 1) * columns)
                .mapToDouble(i -> Math.exp(values[i] - most)).toArray();
        double sum = Arrays.stream(shares).sum();
        return Arrays.stream(shares).map(share -> share / sum).toArray();
    }

    /** The number given to every example. */
    public double[] numbers() {
        if (columns > 1) {
            throw new IllegalStateException("The model scores " + columns + " classes and gives no number");
        }
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
}
