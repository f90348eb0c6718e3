package org.frugaltorch.finetune.data;

import org.frugaltorch.finetune.model.TokenBatch;

/**
 * Examples that are computed together.
 *
 * @param tokens   [B, T] what a model reads
 * @param examples [B] which example each row is, as an index into what the batcher was given
 */
public record Batch(TokenBatch tokens, int[] examples) {
    /** B, how many examples. */
    public int rows() {
        return tokens.rows();
    }

    /** T, tokens in each row, padding included. */
    public int width() {
        return tokens.width();
    }
}
