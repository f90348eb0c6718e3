package org.frugaltorch.finetune.tokentune;

import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.finetune.model.TransformerStack;

/**
 * Draws tokens of every sequence without replacement, some always among them. How likely the others are is up to a
 * {@link TokenImportance}; padding is never drawn.
 *
 * <p>A language model's reference draws so that the last but one token is never chosen by a ratio, and treats "1.0" as one
 * token; here every token that is not an anchor may be drawn, and 1.0 is all of them.
 *
 * @param share how many tokens
 * @param importance how likely each is
 * @param anchors which tokens are always selected
 */
public record WeightedSelection(TokenShare share, TokenImportance importance, Anchors anchors) implements TokenSelection {
    /** Tokens that are selected whatever chance says. */
    public enum Anchors {
        /** The first one, [CLS] of an encoder. */
        FIRST {
            @Override
            int count(TokenShare share, int length) {
                return share.withFirst(length);
            }
        },
        /** The first and the last one, for language models; the share is of the others. */
        ENDS {
            @Override
            int count(TokenShare share, int length) {
                return share.withEnds(length);
            }
        },

        /** The first one; in a model that reads from left to right also the last one, which has seen all others. */
        USUAL {
            @Override
            public Anchors in(TransformerConfig config) {
                return config.layout().causal() ? ENDS : FIRST;
            }

            @Override
            int count(TokenShare share, int length) {
                throw new IllegalStateException("which tokens are usual depends on the model");
            }
        };

        /** What this means for a model of that kind. */
        public Anchors in(TransformerConfig config) {
            return this;
        }

        /** Tokens to select of a sequence, anchors included. */
        abstract int count(TokenShare share, int length);
    }

    /** A selection for classifiers, with the anchors that are usual for the model. */
    public WeightedSelection(TokenShare share, TokenImportance importance) {
        this(share, importance, Anchors.USUAL);
    }

    /** Tokens selected of a sequence of that many. */
    public int count(int length) {
        return anchors.count(share, length);
    }

    @Override
    public int[][] select(TransformerStack stack, TokenBatch batch, long seed) {
        // only the usual anchors depend on the model, so the others are drawn without asking one
        Anchors always = anchors == Anchors.USUAL ? anchors.in(stack.config()) : anchors;
        TokenDraw draw = new TokenDraw(batch, importance.logWeights(stack, batch), seed);
        int[][] selected = new int[batch.rows()][];
        for (int row = 0; row < batch.rows(); row++) {
            selected[row] = select(draw.row(row), always);
        }
        return selected;
    }

    private int[] select(TokenDraw.Row row, Anchors always) {
        int[] columns = row.columns();
        if (columns.length == 0) {
            return columns;
        }
        row.take(columns[0]);
        if (always == Anchors.ENDS) {
            row.take(columns[columns.length - 1]);
        }
        return row.highest(always.count(share, columns.length));
    }
}
