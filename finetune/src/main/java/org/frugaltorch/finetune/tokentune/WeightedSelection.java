package org.frugaltorch.finetune.tokentune;

import java.util.Arrays;
import java.util.Comparator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.model.TokenBatch;
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
    private static final RandomGeneratorFactory<RandomGenerator> GENERATOR = RandomGeneratorFactory.of("L64X128MixRandom");

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
            Anchors in(TransformerStack stack) {
                return stack.config().layout().causal() ? ENDS : FIRST;
            }

            @Override
            int count(TokenShare share, int length) {
                throw new IllegalStateException("which tokens are usual depends on the model");
            }
        };

        /** What this means for a model. */
        Anchors in(TransformerStack stack) {
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
        double[] logWeights = importance.logWeights(stack, batch);
        RandomGenerator random = GENERATOR.create(seed);
        int[][] selected = new int[batch.rows()][];
        for (int row = 0; row < batch.rows(); row++) {
            selected[row] = selectRow(batch, row, logWeights, random, anchors.in(stack));
        }
        return selected;
    }

    private int[] selectRow(
            TokenBatch batch, int row, double[] logWeights, RandomGenerator random, Anchors always) {
        int start = row * batch.width();
        int[] columns = IntStream.range(0, batch.width()).filter(c -> batch.valid()[start + c]).toArray();
        if (columns.length == 0) {
            return columns;
        }
        // The largest keys "log weight + Gumbel noise" are a draw without replacement by these weights.
        double[] keys = new double[batch.width()];
        for (int column : columns) {
            keys[column] = logWeights[start + column] - Math.log(-Math.log(random.nextDouble(Double.MIN_VALUE, 1)));
        }
        keys[columns[0]] = Double.POSITIVE_INFINITY;
        if (always == Anchors.ENDS) {
            keys[columns[columns.length - 1]] = Double.POSITIVE_INFINITY;
        }
        return Arrays.stream(columns).boxed()
                .sorted(Comparator.comparingDouble(column -> -keys[column]))
                .limit(always.count(share, columns.length))
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }
}
