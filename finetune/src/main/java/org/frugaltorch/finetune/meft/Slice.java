package org.frugaltorch.finetune.meft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.ReadTokens;
import org.frugaltorch.tensor.Tensor;

/**
 * Some rows of a batch. Rows know nothing of one another, so they may go through layers apart from others.
 *
 * @param number from 0
 * @param start first row
 * @param rows how many
 */
record Slice(int number, long start, long rows) {
    /**
     * A batch in slices of about as many tokens as wanted.
     *
     * @param groups of tokens [B, P, H], which together are the batch
     * @param tokensAtOnce 0 for all
     */
    static List<Slice> of(Tensor[] groups, int tokensAtOnce) {
        long rows = groups[0].size(0);
        long tokensInRow = Arrays.stream(groups).mapToLong(group -> group.size(1)).sum();
        long most = tokensAtOnce == 0 ? rows : Math.clamp(tokensAtOnce / tokensInRow, 1, rows);
        List<Slice> slices = new ArrayList<>();
        for (long start = 0; start < rows; start += most) {
            slices.add(new Slice(slices.size(), start, Math.min(most, rows - start)));
        }
        return slices;
    }

    /** All rows of a batch. */
    static Slice all(Tensor[] groups) {
        return of(groups, 0).getFirst();
    }

    /** These rows of a tensor. */
    Tensor of(Tensor tensor) {
        return tensor.narrow(0, start, rows);
    }

    /** These rows of every group. */
    Tensor[] of(Tensor[] groups) {
        return Arrays.stream(groups).map(this::of).toArray(Tensor[]::new);
    }

    /** How these rows of every group take part in attention. */
    AttentionView[] of(AttentionView[] views) {
        return Arrays.stream(views).map(view -> view.rows(start, rows)).toArray(AttentionView[]::new);
    }

    /** Which of these rows' tokens are read; null for all. */
    ReadTokens of(ReadTokens read) {
        return read == null ? null : read.rows(start, rows);
    }

    /** Writes these rows of every group to their places. */
    void copy(Tensor[] ofRows, Tensor[] groups) {
        for (int group = 0; group < groups.length; group++) {
            of(groups[group]).copyInPlace(ofRows[group]);
        }
    }
}
