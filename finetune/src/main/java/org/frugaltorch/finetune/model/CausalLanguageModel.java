package org.frugaltorch.finetune.model;

import org.frugaltorch.io.TensorSource;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * A stack with a head that scores every word as the next one.
 *
 * @param head [V, H]; the word embedding table where the two are tied
 * @param parameters of the whole model, owned by it
 * @param file that parameters lie in without a copy, closed with the model; or null
 */
public record CausalLanguageModel(TransformerStack stack, Linear head, Parameters parameters, TensorSource file)
        implements AutoCloseable {

    /**
     * Scores of the next token after every token that carries gradients.
     *
     * @return [B, P, V], in the order of the strategy's group; meaningless where that is padding
     */
    public Tensor logits(ActivationStrategy strategy, TokenBatch batch, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open()) {
            return scope.promote(head.forward(strategy.run(stack, batch, mode, FinalStates.WITH_GRADIENTS).hiddenStates()));
        }
    }

    /** The {@linkplain #loss(ActivationStrategy, LanguageBatch, ForwardMode, LanguageLoss) loss} in one piece. */
    public Tensor loss(ActivationStrategy strategy, LanguageBatch batch, ForwardMode mode) {
        return loss(strategy, batch, mode, LanguageLoss.PLAIN);
    }

    /**
     * Mean cross-entropy of the labelled tokens, each predicted from those before it. Only tokens that carry gradients
     * predict; the head runs only for those whose successor is labelled. Where there is none, the loss is zero, and so
     * are its gradients.
     *
     * @param computation of head and loss
     * @return zero-dimensional, in float32 or wider
     */
    public Tensor loss(ActivationStrategy strategy, LanguageBatch batch, ForwardMode mode, LanguageLoss computation) {
        try (TensorScope scope = TensorScope.open()) {
            StackOutput output = strategy.run(stack, batch.tokens(), mode, FinalStates.WITH_GRADIENTS);
            LanguageBatch.Targets targets = batch.targets(output.tokens());
            Tensor states = output.hiddenStates(); // [B, P, H]
            Tensor slots = Tensors.of(targets.slots()).to(states.device());
            Tensor predicting = states.reshape(-1, states.size(2)).indexSelect(0, slots); // [N, H]
            states.close();
            return scope.promote(computation.mean(head, null, predicting, targets.labels()));
        }
    }

    /** Type of the weights. */
    public DType dtype() {
        return stack.embeddings().dtype();
    }

    @Override
    public void close() {
        parameters.close();
        if (file != null) {
            file.close();
        }
    }
}
