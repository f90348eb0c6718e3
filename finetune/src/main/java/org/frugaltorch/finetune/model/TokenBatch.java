package org.frugaltorch.finetune.model;

/**
 * Token sequences padded to one width, row by row.
 *
 * @param rows B, number of sequences
 * @param width T, tokens a row, padding included
 * @param inputIds token numbers [B * T]
 * @param valid false for padding [B * T]
 * @param tokenTypeIds which of two texts a token is of [B * T]
 * @param patches what the numbers stand for in a batch of pictures; null for words
 * @param predicting tokens that have something to predict [B * T]; null where nobody says
 */
public record TokenBatch(
        int rows, int width, long[] inputIds, boolean[] valid, long[] tokenTypeIds, ImagePatches patches,
        boolean[] predicting) {
    public TokenBatch {
        int cells = Math.multiplyExact(rows, width);
        if (inputIds.length != cells || valid.length != cells || tokenTypeIds.length != cells) {
            throw new IllegalArgumentException("A batch of " + rows + " x " + width + " tokens needs " + cells
                    + " ids, masks and types, got " + inputIds.length + ", " + valid.length + " and " + tokenTypeIds.length);
        }
        if (predicting != null && predicting.length != cells) {
            throw new IllegalArgumentException("A batch of " + cells + " tokens cannot have "
                    + predicting.length + " that say whether they predict");
        }
    }

    /** Words, or patches of pictures, of which nobody says what they predict. */
    public TokenBatch(
            int rows, int width, long[] inputIds, boolean[] valid, long[] tokenTypeIds, ImagePatches patches) {
        this(rows, width, inputIds, valid, tokenTypeIds, patches, null);
    }

    /** Words. */
    public TokenBatch(int rows, int width, long[] inputIds, boolean[] valid, long[] tokenTypeIds) {
        this(rows, width, inputIds, valid, tokenTypeIds, null);
    }

    /** The same sequences, each moved on by one token behind {@code startToken}, its last token left out. */
    public TokenBatch shifted(int startToken) {
        long[] shifted = inputIds.clone();
        for (int row = 0; row < rows; row++) {
            long previous = startToken;
            for (int i = row * width; i < (row + 1) * width; i++) {
                if (valid[i]) {
                    shifted[i] = previous;
                    previous = inputIds[i];
                }
            }
        }
        return new TokenBatch(rows, width, shifted, valid, new long[shifted.length]);
    }

    /** The same sequences, of which it is known which tokens have something to predict [B * T]. */
    public TokenBatch withPredicting(boolean... tokens) {
        return new TokenBatch(rows, width, inputIds, valid, tokenTypeIds, patches, tokens);
    }

    /** Number of real tokens in a row. */
    public int length(int row) {
        int length = 0;
        for (int i = row * width; i < (row + 1) * width; i++) {
            length += valid[i] ? 1 : 0;
        }
        return length;
    }

    /** Number of real tokens. */
    public int tokenCount() {
        int count = 0;
        for (int row = 0; row < rows; row++) {
            count += length(row);
        }
        return count;
    }
}
