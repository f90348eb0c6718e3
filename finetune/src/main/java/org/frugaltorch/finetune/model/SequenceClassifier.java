package org.frugaltorch.finetune.model;

import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * A model with a head that gives one score a class to a whole sequence, or a single number. Its weights carry the names
 * of the family's published classifiers.
 *
 * @param backbone gives the states
 * @param pooling how they become one vector
 * @param head from that vector to scores
 * @param parameters of the whole model, owned by it
 */
public record SequenceClassifier(Backbone backbone, Pooling pooling, ScoreHead head, Parameters parameters)
        implements Classifier {

    /** Scores of a batch: [B, classes]. */
    public Tensor logits(ActivationStrategy strategy, TokenBatch batch, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor pooled = pooling.pool(backbone.run(strategy, batch, mode, pooling.reads())); // [B, H]
            return scope.promote(head.forward(pooled, mode));
        }
    }
}
