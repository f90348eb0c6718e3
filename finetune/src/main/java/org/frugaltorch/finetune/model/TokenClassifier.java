package org.frugaltorch.finetune.model;

import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * A model with a head that gives one score a class to every token. Its weights carry the names of the family's
 * published classifiers of tokens.
 *
 * @param stack gives the states
 * @param head from a state to scores
 * @param parameters of the whole model, owned by it
 */
public record TokenClassifier(TransformerStack stack, ScoreHead head, Parameters parameters) implements Classifier {

    /** Scores of the tokens of a batch that carry gradients; of all tokens under a strategy that keeps them all. */
    public TokenScores scores(ActivationStrategy strategy, TokenBatch batch, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open()) {
            StackOutput output = stack.run(strategy, batch, mode, FinalStates.WITH_GRADIENTS);
            Tensor logits = head.forward(output.hiddenStates(), mode); // [B, P, classes]
            return new TokenScores(output.tokens(), scope.promote(logits));
        }
    }

    @Override
    public Pooling pooling() {
        return null;
    }

    @Override
    public Backbone backbone() {
        return stack;
    }
}
