package org.frugaltorch.finetune.model;

import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * A stack with a head that gives one score a class to a whole sequence. Its weights carry the names of the family's
 * published classifiers.
 *
 * @param pooler linear layer and tanh on the pooled vector, or null
 * @param classifier [classes, H]
 * @param dropout probability before the classifier
 * @param parameters of the whole model, owned by it
 */
public record SequenceClassifier(
        TransformerStack stack, Pooling pooling, Linear pooler, Linear classifier, double dropout, Parameters parameters)
        implements AutoCloseable {

    /** Scores of a batch: [B, classes]. */
    public Tensor logits(ActivationStrategy strategy, TokenBatch batch, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor pooled = pooling.pool(strategy.run(stack, batch, mode, pooling.wantsConstants())); // [B, H]
            if (pooler != null) {
                pooled = pooler.forward(pooled).tanh();
            }
            return scope.promote(classifier.forward(mode.dropout(pooled, dropout)));
        }
    }

    /** Type of the weights. */
    public DType dtype() {
        return parameters.tensors().iterator().next().dtype();
    }

    @Override
    public void close() {
        parameters.close();
    }
}
