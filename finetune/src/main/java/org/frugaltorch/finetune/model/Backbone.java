package org.frugaltorch.finetune.model;

import java.util.List;

/** What gives the final states that a head reads: one stack, or an encoder and a decoder. */
public sealed interface Backbone permits TransformerStack, EncoderDecoder {
    /**
     * Runs over a batch.
     *
     * @param strategy runs every stack
     * @param wanted states that will be read
     * @return final states, owned by the scope that was innermost at the call
     */
    StackOutput run(ActivationStrategy strategy, TokenBatch batch, ForwardMode mode, FinalStates wanted);

    /** The stack whose states come out. */
    TransformerStack stack();

    /** All stacks, in the order in which they run. */
    List<TransformerStack> stacks();
}
