package org.frugaltorch.finetune.evaluation;

import java.util.Arrays;

/**
 * Tokens of which the last ones are scored.
 *
 * @param tokens all of them
 * @param start index of the first one that is scored, at least 1
 */
public record ScoredText(long[] tokens, int start) {
    public ScoredText {
        if (start < 1 || start >= tokens.length) {
            throw new IllegalArgumentException("Of " + tokens.length + " tokens, those from " + start
                    + " on cannot be scored: there must be at least one, and one before it");
        }
    }

    /** The same without its beginning if it has more than {@code longest} tokens. */
    ScoredText last(int longest) {
        int gone = Math.max(0, tokens.length - longest);
        return gone == 0 ? this : new ScoredText(Arrays.copyOfRange(tokens, gone, tokens.length), start - gone);
    }

    /** Number of tokens that are scored. */
    int scored() {
        return tokens.length - start;
    }
}
