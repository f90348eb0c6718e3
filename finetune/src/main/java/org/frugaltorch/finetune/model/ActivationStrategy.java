package org.frugaltorch.finetune.model;

/**
 * Runs a stack, and thereby decides which activations live until the backward pass. The forward values are the same
 * under every strategy that does not {@linkplain #changesModel() change the model}; the backward pass may be
 * approximate.
 */
public interface ActivationStrategy {
    /**
     * Runs the stack over a batch.
     *
     * @param wantConstants whether the final states of tokens without gradients are wanted too
     * @return final states, owned by the scope that was innermost at the call
     */
    StackOutput run(TransformerStack stack, TokenBatch batch, ForwardMode mode, boolean wantConstants);

    /**
     * Whether it computes something else than the stack's blocks one after another. Then nothing may run those past it,
     * such as a cache of keys and values.
     */
    default boolean changesModel() {
        return false;
    }
}
