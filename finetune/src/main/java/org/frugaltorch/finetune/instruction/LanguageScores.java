package org.frugaltorch.finetune.instruction;

import java.util.LinkedHashMap;
import java.util.Map;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageBatch;
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
        double sum = 0;
        long targets = 0;
        for (Batch batch : new Batcher(texts.encodings(), BatchSettings.evaluation(batchSize, padId)).epoch(0)) {
            LanguageBatch labelled = texts.labelled(batch);
            int count = labelled.targetCount();
            try (TensorScope scope = TensorScope.open();
                    GradMode off = GradMode.disabled()) {
                sum += count * model.loss(new KeepAll(), labelled, ForwardMode.EVALUATE).item();
                targets += count;
            }
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
