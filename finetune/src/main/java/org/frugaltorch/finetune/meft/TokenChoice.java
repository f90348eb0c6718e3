package org.frugaltorch.finetune.meft;

import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TransformerStack;

/** Chooses tokens that carry gradients, where not all do: the place for TokenTune's selection. */
@FunctionalInterface
public interface TokenChoice {
    /**
     * Draws tokens for one visit of a batch.
     *
     * @param seed of this visit
     * @return for every row ascending columns of real tokens
     */
    int[][] choose(TransformerStack stack, TokenBatch batch, long seed);
}
