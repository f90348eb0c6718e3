package org.frugaltorch.finetune.model;

import java.util.Arrays;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;

/**
 * The one token of every row that a head reads: the last block need compute no other, but the keys and values of those
 * that it looks at. Nothing else of the others has a gradient there.
 *
 * @param tokens of all rows
 * @param view of these tokens on all that they look at
 * @param cells their indices into [B * P], rows of the group that they are of, one after another [B]
 * @param width P of that group
 */
public record ReadTokens(TokenGroup tokens, AttentionView view, Tensor cells, int width) {
    /**
     * The tokens of a group that are read.
     *
     * @param group of which they are
     * @param lookedAt all that the group looks at
     * @return null where more than one a row is read, or where there are no others
     */
    public static ReadTokens of(TransformerStack stack, FinalStates wanted, TokenGroup group, TokenGroup... lookedAt) {
        boolean others = Arrays.stream(lookedAt).mapToInt(TokenGroup::width).sum() > 1;
        if (!wanted.ofOne() || !others || stack.blocks().isEmpty()) {
            return null;
        }
        int[][] columns = wanted.columns(group);
        long[] cells = new long[columns.length];
        Arrays.setAll(cells, row -> (long) row * group.width() + columns[row][0]);
        TokenGroup tokens = group.at(columns);
        return new ReadTokens(tokens, stack.view(tokens, lookedAt),
                Tensors.of(cells).to(stack.embeddings().device()), group.width());
    }

    /** Their states, of those of the group: [B, P, H] to [B, 1, H]. */
    public Tensor of(Tensor states) {
        return states.reshape(-1, states.size(2)).indexSelect(0, cells).unsqueeze(1);
    }

    /** Those of some rows; {@link #tokens} stay those of all. */
    public ReadTokens rows(long start, long count) {
        return new ReadTokens(tokens, view.rows(start, count), cells.narrow(0, start, count).sub(start * width), width);
    }

    /** Given tensors, then this one's four: what a recomputed block reads. */
    public Tensor[] tensorsAfter(Tensor... first) {
        Tensor[] all = Arrays.copyOf(first, first.length + 1);
        all[first.length] = cells;
        return view.tensorsAfter(all);
    }

    /** The same over other handles of its tensors, as {@link #tensorsAfter} put them. */
    public ReadTokens over(Tensor otherCells, Tensor mask, Tensor cosine, Tensor signedSine) {
        return new ReadTokens(tokens, view.over(mask, cosine, signedSine), otherCells, width);
    }
}
