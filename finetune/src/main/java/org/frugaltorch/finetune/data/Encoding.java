package org.frugaltorch.finetune.data;

/**
 * A tokenised text or pair, special tokens included.
 *
 * @param ids     [T] ids of the tokens
 * @param typeIds [T] 0 for the first text, 1 for the second where the model tells them apart
 */
public record Encoding(int[] ids, int[] typeIds) {
    /** Takes over both arrays. */
    public Encoding {
        if (ids.length != typeIds.length) {
            throw new IllegalArgumentException(ids.length + " ids but " + typeIds.length + " type ids");
        }
    }

    /** How many tokens there are. */
    public int length() {
        return ids.length;
    }
}
