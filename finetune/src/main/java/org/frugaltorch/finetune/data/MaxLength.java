package org.frugaltorch.finetune.data;

import org.frugaltorch.io.DataException;

/**
 * How long a tokenised example may be.
 *
 * @param tokens   limit in tokens, special tokens included
 * @param truncate whether a longer example is cut (the longer text of a pair first) rather than refused
 */
public record MaxLength(int tokens, boolean truncate) {
    /** @throws IllegalArgumentException if no token would fit beside the special ones */
    public MaxLength {
        if (tokens < 4) {
            throw new IllegalArgumentException("the maximum length must be at least 4 tokens, but is " + tokens);
        }
    }

    /**
     * What is wrong with an example that is too long and may not be cut.
     *
     * @param what it is and where, as the beginning of a sentence
     */
    public DataException exceeded(String what, int length) {
        return new DataException(what + " has " + length + " tokens, more than the maximum length of " + tokens
                + "; shorten it, raise the maximum, or allow truncation");
    }
}
