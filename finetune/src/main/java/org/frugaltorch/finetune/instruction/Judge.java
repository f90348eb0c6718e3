package org.frugaltorch.finetune.instruction;

import java.util.Map;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;

/** Scores a language model in training by something else than the loss of held-out texts, which is known anyway. */
public interface Judge {
    /** By that loss alone. */
    Judge LOSS = new Judge() {
        @Override
        public Map<String, Double> scores(CausalLanguageModel model, ActivationStrategy strategy) {
            return Map.of();
        }

        @Override
        public Metric primary() {
            return Metric.LOSS;
        }
    };

    /**
     * Scores the model as it is now, outside the graph.
     *
     * @param strategy by which it is run outside training
     * @return values by metric name
     */
    Map<String, Double> scores(CausalLanguageModel model, ActivationStrategy strategy);

    /** The metric by which the best of several evaluations is chosen: one of the scores, or the loss. */
    Metric primary();
}
