package org.frugaltorch.finetune.model;

import java.util.Arrays;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Scores of some tokens of a batch.
 *
 * @param tokens those scored
 * @param logits one score a class [B, P, classes]
 */
public record TokenScores(TokenGroup tokens, Tensor logits) {
    /** Stands for the label of a token that has none. */
    public static final int NO_LABEL = -100;

    /**
     * The mean cross-entropy of those of these tokens that have a label.
     *
     * @param labels of every row's sequence, token by token: a class number, or {@link #NO_LABEL}
     * @return one number; NaN where none of these tokens has a label
     */
    public Tensor loss(int[][] labels) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor rows = logits.reshape(-1, logits.size(2)); // [B * P, classes]
            return scope.promote(Functional.crossEntropy(
                    rows, Tensors.of(targets(labels)).to(rows.device()), LossReduction.MEAN, NO_LABEL, 0));
        }
    }

    private long[] targets(int[][] labels) {
        long[] targets = new long[tokens.valid().length];
        Arrays.setAll(targets, slot -> tokens.valid()[slot]
                ? labels[slot / tokens.width()][Math.toIntExact(tokens.positions()[slot])]
                : NO_LABEL);
        return targets;
    }
}
