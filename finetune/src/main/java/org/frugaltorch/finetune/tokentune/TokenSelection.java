package org.frugaltorch.finetune.tokentune;

import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TransformerStack;

/** Chooses the tokens of each sequence that carry gradients. */
public interface TokenSelection {
    /**
     * Draws tokens for one visit of a batch.
     *
     * @param seed of this visit
     * @return for every row ascending columns of real tokens
     */
    int[][] select(TransformerStack stack, TokenBatch batch, long seed);
}
