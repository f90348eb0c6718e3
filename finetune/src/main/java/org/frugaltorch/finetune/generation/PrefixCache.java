package org.frugaltorch.finetune.generation;

import java.util.Arrays;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.KeyValue;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.finetune.model.TransformerBlock;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * What the blocks of a decoder computed for the beginning of a text, so that what comes after it costs its own work
 * alone.
 */
final class PrefixCache implements TextReader {
    private final TransformerStack stack;
    private final int capacity;
    private KeyValueCache cache; // made with the first tokens, whose keys tell their form

    /**
     * A cache without tokens.
     *
     * @param capacity most tokens it will hold
     */
    PrefixCache(TransformerStack stack, int capacity) {
        this.stack = stack;
        this.capacity = capacity;
    }

    /** How the states of a block become those after it. */
    private interface Step {
        Tensor run(int layer, Tensor states);
    }

    @Override
    public void remember(long[] tokens, int seen, int end) {
        extend(tokens, seen, end).close();
    }

    @Override
    public Tensor extend(long[] tokens, int seen, int end) {
        TokenGroup added = group(tokens, seen, end);
        try (TensorScope scope = TensorScope.open()) {
            AttentionView view = seen == 0 ? stack.view(added, added) : stack.view(added, group(tokens, 0, end));
            return scope.promote(run(added, (layer, states) -> {
                TransformerBlock block = stack.blocks().get(layer);
                Tensor input = block.attentionInput(states);
                KeyValue own = block.attention().keyValue(input, view);
                if (cache == null) {
                    cache = new KeyValueCache(stack.blocks().size(), own, capacity);
                }
                return block.forward(states, input, cache.append(layer, seen, own), view, ForwardMode.EVALUATE);
            }));
        }
    }

    @Override
    public Tensor branch(int length, TokenGroup branches) {
        try (TensorScope scope = TensorScope.open()) {
            AttentionView view = length == 0
                    ? stack.view(branches, branches)
                    : stack.view(branches, repeated(length, branches.rows()), branches);
            return scope.promote(run(branches, (layer, states) -> {
                TransformerBlock block = stack.blocks().get(layer);
                Tensor input = block.attentionInput(states);
                KeyValue own = block.attention().keyValue(input, view);
                KeyValue all = length == 0 ? own : joined(cache.first(layer, length), own, branches.rows());
                return block.forward(states, input, all, view, ForwardMode.EVALUATE);
            }));
        }
    }

    @Override
    public Tensor finish(Tensor states) {
        return stack.finish(states);
    }

    private Tensor run(TokenGroup tokens, Step step) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor states = stack.embeddings().forward(tokens, ForwardMode.EVALUATE); // [B, P, H]
            for (int layer = 0; layer < stack.blocks().size(); layer++) {
                try (TensorScope inner = TensorScope.open()) {
                    Tensor next = step.run(layer, states);
                    states.close();
                    states = inner.promote(next);
                }
            }
            return scope.promote(states);
        }
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
