package org.frugaltorch.finetune.generation;

import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.tensor.Tensor;

/** Runs a decoder over texts whose beginnings it may know already. For use without gradients. */
public sealed interface TextReader extends AutoCloseable permits PrefixCache, WholePasses {
    /**
     * A reader that knows nothing yet: with keys and values of what it knows, or, where the strategy is not about the
     * ordinary model, by whole passes through that.
     *
     * @param capacity most tokens that it will know
     */
    static TextReader of(TransformerStack stack, ActivationStrategy strategy, int capacity) {
        return strategy.changesModel() ? new WholePasses(stack, strategy) : new PrefixCache(stack, capacity);
    }

    /**
     * Knows {@code tokens[0 .. end - 1]} from now on, and no others, of which it knows the first {@code seen} already.
     *
     * @param tokens of the whole text
     */
    void remember(long[] tokens, int seen, int end);

    /**
     * Remembers the same and runs what is new.
     *
     * @param tokens of the whole text
     * @return states of {@code tokens[seen .. end - 1]} behind the last block [1, end - seen, H]
     */
    Tensor extend(long[] tokens, int seen, int end);

    /**
     * Runs several ways in which the first {@code length} tokens that are known go on, and remembers none of them.
     *
     * @param branches what comes after those tokens, a row each [B, P]; their positions begin at {@code length}
     * @return states of the branches behind the last block [B, P, H]
     */
    Tensor branch(int length, TokenGroup branches);

    /** States that this gave, as the model's head reads them. */
    Tensor finish(Tensor states);

    @Override
    void close();
}
