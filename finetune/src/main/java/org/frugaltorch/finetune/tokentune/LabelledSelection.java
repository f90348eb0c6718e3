package org.frugaltorch.finetune.tokentune;

import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TransformerStack;

/**
 * Draws tokens for one batch of a task that gives labels to tokens. Only labels of selected tokens are learnt from, so
 * some may always be selected, and each sequence has at least one: where none is among those, the labelled token that
 * chance prefers is. The first token has no part of its own here, as no head reads it.
 *
 * <p>The share is of all tokens and those always selected count in it; where they are more, it is exceeded.
 *
 * @param share how many tokens
 * @param importance how likely each is
 * @param labelled tokens that have a label [B * T]
 * @param always tokens that are selected whatever chance says [B * T]
 */
public record LabelledSelection(
        TokenShare share, TokenImportance importance, boolean[] labelled, boolean[] always) implements TokenSelection {

    @Override
    public int[][] select(TransformerStack stack, TokenBatch batch, long seed) {
        if (labelled.length != batch.valid().length || always.length != batch.valid().length) {
            throw new IllegalArgumentException("A batch of " + batch.valid().length
                    + " tokens needs as many labels, got " + labelled.length + " and " + always.length);
        }
        TokenDraw draw = new TokenDraw(batch, importance.logWeights(stack, batch), seed);
        int[][] selected = new int[batch.rows()][];
        for (int row = 0; row < batch.rows(); row++) {
            selected[row] = select(draw.row(row), row * batch.width());
        }
        return selected;
    }

    private int[] select(TokenDraw.Row row, int start) {
        int taken = 0;
        boolean learns = false;
        int likeliest = -1;
        for (int column : row.columns()) {
            if (labelled[start + column] && (likeliest < 0 || row.keys()[column] > row.keys()[likeliest])) {
                likeliest = column;
            }
            if (always[start + column]) {
                row.take(column);
                taken++;
                learns |= labelled[start + column];
            }
        }
        if (!learns && likeliest >= 0) {
            row.take(likeliest);
            taken++;
        }
        return row.highest(Math.max(taken, share.of(row.columns().length)));
    }
}
