package org.frugaltorch.finetune.tokentune;

import java.util.Arrays;
import java.util.Comparator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.model.TokenBatch;

/**
 * One draw of tokens of a batch, without replacement and by weights: every real token has a key, and the tokens with
 * the highest keys are drawn. A key raised to infinity makes its token part of every draw. Rows are asked for in
 * order.
 */
final class TokenDraw {
    private static final RandomGeneratorFactory<RandomGenerator> GENERATOR =
            RandomGeneratorFactory.of("L64X128MixRandom");

    private final TokenBatch batch;
    private final double[] logWeights;
    private final RandomGenerator random;

    /** @param logWeights logarithm of every token's weight [B * T] */
    TokenDraw(TokenBatch batch, double[] logWeights, long seed) {
        this.batch = batch;
        this.logWeights = logWeights;
        this.random = GENERATOR.create(seed);
    }

    /**
     * The tokens of one row.
     *
     * @param columns of real tokens, ascending
     * @param keys by column
     */
    record Row(int[] columns, double[] keys) {
        /** Makes a token part of the draw. */
        void take(int column) {
            keys[column] = Double.POSITIVE_INFINITY;
        }

        /** The columns of the {@code count} highest keys, ascending. */
        int[] highest(int count) {
            return Arrays.stream(columns).boxed()
                    .sorted(Comparator.comparingDouble(column -> -keys[column]))
                    .limit(count)
                    .mapToInt(Integer::intValue)
                    .sorted()
                    .toArray();
        }
    }

    Row row(int row) {
        int start = row * batch.width();
        int[] columns = IntStream.range(0, batch.width()).filter(c -> batch.valid()[start + c]).toArray();
        // The largest keys "log weight + Gumbel noise" are a draw without replacement by these weights.
        double[] keys = new double[batch.width()];
        for (int column : columns) {
            keys[column] = logWeights[start + column] - Math.log(-Math.log(random.nextDouble(Double.MIN_VALUE, 1)));
        }
        return new Row(columns, keys);
    }
}
