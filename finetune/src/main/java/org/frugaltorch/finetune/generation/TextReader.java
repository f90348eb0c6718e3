package org.frugaltorch.finetune.generation;

import java.util.Arrays;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.KeyValue;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Runs a decoder over texts whose beginnings it knows already: keys and values of those are kept, so that what comes
 * after them costs its own work alone. For use without gradients.
 */
public final class TextReader implements AutoCloseable {
    private final TransformerStack stack;
    private final ActivationStrategy strategy;
    private final int capacity;
    private KeyValueCache cache; // made with the first tokens, whose keys tell their form

    /**
     * A reader that knows nothing yet.
     *
     * @param strategy by which the model is run outside training
     * @param capacity most tokens that it will know
     */
    public TextReader(TransformerStack stack, ActivationStrategy strategy, int capacity) {
        this.stack = stack;
        this.strategy = strategy;
        this.capacity = capacity;
    }

    /**
     * Knows {@code tokens[0 .. end - 1]} from now on, and no others, of which it knows the first {@code seen} already.
     *
     * @param tokens of the whole text
     * @return states of {@code tokens[seen .. end - 1]} behind the last block [1, end - seen, H]
     */
    public Tensor extend(long[] tokens, int seen, int end) {
        TokenGroup added = group(tokens, seen, end);
        try (TensorScope scope = TensorScope.open()) {
            AttentionView view = seen == 0 ? stack.view(added, added) : stack.view(added, group(tokens, 0, end));
            return scope.promote(strategy.read(stack, added, view, (layer, own) -> {
                if (cache == null) {
                    cache = new KeyValueCache(stack.blocks().size(), own, capacity);
                }
                return cache.append(layer, seen, own);
            }));
        }
    }

    /**
     * Runs several ways in which the first {@code length} tokens that are known go on, and remembers none of them.
     *
     * @param branches what comes after those tokens, a row each [B, P]; their positions begin at {@code length}
     * @return states of the branches behind the last block [B, P, H]
     */
    public Tensor branch(int length, TokenGroup branches) {
        try (TensorScope scope = TensorScope.open()) {
            AttentionView view = length == 0
                    ? stack.view(branches, branches)
                    : stack.view(branches, repeated(length, branches.rows()), branches);
            return scope.promote(strategy.read(stack, branches, view, (layer, own) ->
                    length == 0 ? own : joined(cache.first(layer, length), own, branches.rows())));
        }
    }

    /** States that this gave, as the model's head reads them. */
    public Tensor finish(Tensor states) {
        return stack.finish(states);
    }

    private static KeyValue joined(KeyValue prefix, KeyValue own, int rows) {
        return new KeyValue(joined(prefix.key(), own.key(), rows), joined(prefix.value(), own.value(), rows));
    }

    private static Tensor joined(Tensor prefix, Tensor own, int rows) {
        return Tensors.cat(2, prefix.expand(rows, -1, -1, -1), own);
    }

    /** The cached tokens as rows that all branches look back at. */
    private static TokenGroup repeated(int length, int rows) {
        long[] positions = new long[length * rows];
        Arrays.setAll(positions, i -> i % length);
        boolean[] valid = new boolean[positions.length];
        Arrays.fill(valid, true);
        return new TokenGroup(rows, length, new long[positions.length], new long[positions.length], positions, valid);
    }

    private static TokenGroup group(long[] tokens, int start, int end) {
        long[] ids = Arrays.copyOfRange(tokens, start, end);
        boolean[] valid = new boolean[ids.length];
        Arrays.fill(valid, true);
        long[] positions = new long[ids.length];
        Arrays.setAll(positions, i -> start + i);
        return new TokenGroup(1, ids.length, ids, new long[ids.length], positions, valid);
    }

    @Override
    public void close() {
        if (cache != null) {
            cache.close();
        }
    }
}
