package org.frugaltorch.finetune.data;

import java.util.stream.IntStream;
import org.frugaltorch.finetune.model.TokenBatch;

/** Examples that batches are made of. They hold no tensors, so that any thread may make the next batch. */
public interface Inputs {
    /** How many examples there are. */
    int count();

    /** How many tokens an example has, padding aside. */
    int length(int example);

    /**
     * Some examples as a model reads them.
     *
     * @param examples [B] their indices
     * @param settings how rows are filled up where examples differ in length
     */
    TokenBatch batch(int[] examples, BatchSettings settings);

    /** Tokens of all examples. */
    default long tokens() {
        return IntStream.range(0, count()).mapToLong(this::length).sum();
    }
}
