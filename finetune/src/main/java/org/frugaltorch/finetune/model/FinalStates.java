package org.frugaltorch.finetune.model;

/** Whose final states a head reads. A strategy gives at least these, and need not compute others. */
public enum FinalStates {
    /** Those of all tokens, with gradients or without. */
    ALL,
    /** Those of all tokens that carry gradients. */
    WITH_GRADIENTS,
    /** That of the first token of every sequence. */
    FIRST,
    /** That of the last real token of every sequence. */
    LAST;

    /** Whether tokens without gradients are read. */
    public boolean constants() {
        return this == ALL;
    }

    /** Whether one token a sequence is read. */
    public boolean ofOne() {
        return this == FIRST || this == LAST;
    }

    /**
     * Of {@link #FIRST} and {@link #LAST}, the column in every row; the first column of rows of nothing but padding.
     *
     * @param tokens of which one a row is read
     */
    int[][] columns(TokenGroup tokens) {
        int[][] columns = new int[tokens.rows()][1];
        for (int row = 0; this == LAST && row < columns.length; row++) {
            columns[row][0] = tokens.lastSlot(row) - row * tokens.width();
        }
        return columns;
    }
}
