package org.frugaltorch.finetune.model;

import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Runs a stack, and thereby decides which activations live until the backward pass. The forward values are those of the
 * blocks one after another, except where a strategy says that it changes the model; the backward pass may be approximate.
 */
public interface ActivationStrategy {
    /**
     * Runs the stack over a batch.
     *
     * @param wanted states that will be read
     * @return final states, owned by the scope that was innermost at the call
     */
    StackOutput run(TransformerStack stack, TokenBatch batch, ForwardMode mode, FinalStates wanted);

    /**
     * Runs tokens that look at others, whose keys and values are known: without gradients, and with the forward values of
     * {@link #run}. A strategy that changes the model does so here as well.
     *
     * @param view of the tokens on all that they look at
     * @return states as {@link TransformerStack#finish} takes them [B, P, H], owned by the innermost scope
     */
    default Tensor read(TransformerStack stack, TokenGroup tokens, AttentionView view, LookedAt lookedAt) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor states = stack.embeddings().forward(tokens, ForwardMode.EVALUATE); // [B, P, H]
            for (int layer = 0; layer < stack.blocks().size(); layer++) {
                try (TensorScope inner = TensorScope.open()) {
                    TransformerBlock block = stack.blocks().get(layer);
                    Tensor input = block.attentionInput(states);
                    KeyValue keyValue = lookedAt.in(layer, block.attention().keyValue(input, view));
                    Tensor next = block.forward(states, input, keyValue, view, ForwardMode.EVALUATE);
                    states.close();
                    states = inner.promote(next);
                }
            }
            return scope.promote(states);
        }
    }
}
