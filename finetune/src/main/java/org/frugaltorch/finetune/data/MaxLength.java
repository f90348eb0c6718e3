package org.frugaltorch.finetune.data;

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
}
