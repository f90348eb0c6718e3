package org.frugaltorch.finetune.tokentune;

import java.util.Arrays;
import java.util.Comparator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TransformerStack;

/**
 * Draws tokens of every sequence without replacement, the first one ([CLS] or the beginning of the sequence) always
 * among them. How likely the others are is up to a {@link TokenImportance}; padding is never drawn.
 *
 * @param share how many tokens
 * @param importance how likely each is
 */
public record WeightedSelection(TokenShare share, TokenImportance importance) implements TokenSelection {
    private static final RandomGeneratorFactory<RandomGenerator> GENERATOR = RandomGeneratorFactory.of("L64X128MixRandom");

    @Override
    public int[][] select(TransformerStack stack, TokenBatch batch, long seed) {
        double[] logWeights = importance.logWeights(stack, batch);
        RandomGenerator random = GENERATOR.create(seed);
        int[][] selected = new int[batch.rows()][];
        for (int row = 0; row < batch.rows(); row++) {
            selected[row] = selectRow(batch, row, logWeights, random);
        }
        return selected;
    }

    private int[] selectRow(TokenBatch batch, int row, double[] logWeights, RandomGenerator random) {
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
        return Arrays.stream(columns).boxed()
                .sorted(Comparator.comparingDouble(column -> -keys[column]))
                .limit(share.withFirst(columns.length))
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }
}
