package org.frugaltorch.finetune.memory;

import java.util.Arrays;
import java.util.Random;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TransformerConfig;

/**
 * Tokens without meaning and without padding: memory and speed depend on shapes, not on what is said.
 *
 * @param batchSize sequences a step
 * @param sequenceLength tokens of each
 */
record MadeUpTokens(int batchSize, int sequenceLength) {
    private static final long SEED = 1;

    MadeUpTokens {
        if (batchSize < 1 || sequenceLength < 2) {
            throw new IllegalArgumentException("A step needs at least 1 sequence of at least 2 tokens, not " + batchSize
                    + " of " + sequenceLength);
        }
    }

    long count() {
        return (long) batchSize * sequenceLength;
    }

    /** The same tokens at every call. */
    TokenBatch forModel(TransformerConfig config) {
        if (config.input().image() != null) {
            throw new IllegalArgumentException("The model looks at pictures, but the tokens made up here are words:"
                    + " name a model of words such as bert");
        }
        if (sequenceLength > config.maxPositionEmbeddings()) {
            throw new IllegalArgumentException("The model has " + config.maxPositionEmbeddings()
                    + " positions, too few for sequences of " + sequenceLength + " tokens");
        }
        Random random = new Random(SEED);
        int cells = Math.multiplyExact(batchSize, sequenceLength);
        boolean[] valid = new boolean[cells];
        Arrays.fill(valid, true);
        return new TokenBatch(batchSize, sequenceLength, random.longs(cells, 0, config.vocabSize()).toArray(), valid,
                new long[cells]);
    }
}
