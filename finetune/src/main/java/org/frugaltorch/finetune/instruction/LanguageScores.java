package org.frugaltorch.finetune.instruction;

import java.util.LinkedHashMap;
import java.util.Map;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.data.TextInputs;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageBatch;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.train.TrainingException;
import org.frugaltorch.tensor.TensorScope;

/**
 * How well a model predicts texts.
 *
 * @param loss mean cross-entropy of all labelled tokens, every one counting alike, in nats
 * @param targets number of those tokens
 */
public record LanguageScores(double loss, long targets) {

    /** Runs the model over all texts. */
    public static LanguageScores of(CausalLanguageModel model, LanguageTokens texts, int batchSize, int padId) {
        return of(model, new KeepAll(), LanguageLoss.PLAIN, texts, BatchSettings.evaluation(batchSize, padId));
    }

    /**
     * Runs the model over all texts in a way of its own.
     *
     * @param strategy that sees all tokens
     * @param loss how head and loss are computed
     * @param batching of the texts; they are not shuffled, whatever it says
     * @throws TrainingException when the loss is no number
     */
    public static LanguageScores of(
            CausalLanguageModel model, ActivationStrategy strategy, LanguageLoss loss, LanguageTokens texts,
            BatchSettings batching) {
        double sum = 0;
        long targets = 0;
        BatchSettings inOrder = BatchSettings.evaluation(batching.batchSize(), batching.padId());
        for (Batch batch : new Batcher(new TextInputs(texts.encodings()), inOrder).epoch(0)) {
            LanguageBatch labelled = texts.labelled(batch);
            int count = labelled.targetCount();
            try (TensorScope scope = TensorScope.open();
                    GradMode off = GradMode.disabled()) {
                sum += count * model.loss(strategy, labelled, ForwardMode.EVALUATE, loss).item();
                targets += count;
            }
        }
        if (Double.isNaN(sum)) {
            throw new TrainingException("The model's loss is NaN, so its weights have diverged or are damaged:"
                    + " train it again with a lower --learning-rate");
        }
        return new LanguageScores(targets == 0 ? Double.NaN : sum / targets, targets);
    }

    /** Between how many equally likely tokens the model wavers: e to the power of the loss. */
    public double perplexity() {
        return Math.exp(loss);
    }

    /** By the names that logs and reports carry. */
    public Map<String, Double> asMap() {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put(Metric.LOSS.id(), loss);
        values.put("perplexity", perplexity());
        return values;
    }
}
