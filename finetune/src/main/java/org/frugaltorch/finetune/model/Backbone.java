package org.frugaltorch.finetune.model;

import java.util.List;

/** What gives the final states that a head reads: one stack, or an encoder and a decoder. */
public sealed interface Backbone permits TransformerStack, EncoderDecoder {
    /**
     * Runs over a batch.
     *
     * @param strategy runs every stack
     * @param wantConstants whether the final states of tokens without gradients are wanted too
     * @return final states, owned by the scope that was innermost at the call
     */
    StackOutput run(ActivationStrategy strategy, TokenBatch batch, ForwardMode mode, boolean wantConstants);

    /** The stack whose states come out. */
    TransformerStack stack();

    /** All stacks, in the order in which they run. */
    List<TransformerStack> stacks();
}
