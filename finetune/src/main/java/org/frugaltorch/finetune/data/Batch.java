package org.frugaltorch.finetune.data;

import org.frugaltorch.finetune.model.TokenBatch;

/**
 * Examples padded to one width, as flat row-major arrays of {@code rows * width}.
 *
 * @param rows          B, how many examples
 * @param width         T, tokens in each row
 * @param inputIds      [B, T] token ids
 * @param attentionMask [B, T] 1 for a token, 0 for padding
 * @param tokenTypeIds  [B, T] 0 for the first text and padding, 1 for the second text
 * @param examples      [B] which example each row is, as an index into what the batcher was given
 */
public record Batch(int rows, int width, long[] inputIds, long[] attentionMask, long[] tokenTypeIds, int[] examples) {
    /** How many tokens are no padding. */
    public long tokens() {
        long tokens = 0;
        for (long mask : attentionMask) {
            tokens += mask;
        }
        return tokens;
    }

    /** The same tokens as a model takes them. */
    public TokenBatch toTokens() {
        boolean[] valid = new boolean[attentionMask.length];
        for (int i = 0; i < valid.length; i++) {
            valid[i] = attentionMask[i] != 0;
        }
        return new TokenBatch(rows, width, inputIds, valid, tokenTypeIds);
    }
}
