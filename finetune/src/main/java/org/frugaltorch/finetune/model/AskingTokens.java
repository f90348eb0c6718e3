package org.frugaltorch.finetune.model;

import java.util.Arrays;
import org.frugaltorch.tensor.Tensor;

/**
 * Whose states of a group a block computes: those of all tokens, or of the one a row that a head reads.
 *
 * @param group the view of the whole group
 * @param read the tokens that are read; null for all
 */
public record AskingTokens(AttentionView group, ReadTokens read) {
    /** The whole group. */
    public AskingTokens(AttentionView group) {
        this(group, null);
    }

    /** How these tokens look at others. */
    public AttentionView view() {
        return read == null ? group : read.view();
    }

    /** Their states, of those of the group: [B, P, H] to [B, 1, H], or the same. */
    public Tensor of(Tensor states) {
        return read == null ? states : read.of(states);
    }

    /** Of a group of tokens, these. */
    public TokenGroup of(TokenGroup tokens) {
        return read == null ? tokens : read.tokens();
    }

    /** Given tensors, then this one's: what a recomputed block reads. */
    public Tensor[] tensorsAfter(Tensor... first) {
        Tensor[] tensors = group.tensorsAfter(first);
        return read == null ? tensors : read.tensorsAfter(tensors);
    }

    /** The same over other handles of its tensors, the last of {@code in}, as {@link #tensorsAfter} put them. */
    public AskingTokens over(Tensor... in) {
        int own = tensorsAfter().length;
        Tensor[] last = Arrays.copyOfRange(in, in.length - own, in.length);
        return new AskingTokens(group.over(last[0], last[1], last[2]),
                read == null ? null : read.over(last[3], last[4], last[5], last[6]));
    }
}
