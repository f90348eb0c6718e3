package org.frugaltorch.finetune.generation;

import java.util.Arrays;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Runs whole texts through a strategy, their known beginnings too: for models that are something else than their blocks
 * one after another, of which keys and values could be kept. Every call costs the work of all its tokens.
 */
final class WholePasses implements TextReader {
    private final TransformerStack stack;
    private final ActivationStrategy strategy;
    private long[] known = {};

    WholePasses(TransformerStack stack, ActivationStrategy strategy) {
        this.stack = stack;
        this.strategy = strategy;
    }

    @Override
    public void remember(long[] tokens, int seen, int end) {
        known = Arrays.copyOf(tokens, end);
    }

    @Override
    public Tensor extend(long[] tokens, int seen, int end) {
        remember(tokens, seen, end);
        boolean[] valid = new boolean[end];
        Arrays.fill(valid, true);
        return states(new TokenBatch(1, end, known, valid, new long[end]), seen);
    }

    @Override
    public Tensor branch(int length, TokenGroup branches) {
        int width = length + branches.width();
        long[] ids = new long[Math.multiplyExact(branches.rows(), width)];
        boolean[] valid = new boolean[ids.length];
        for (int row = 0; row < branches.rows(); row++) {
            int start = row * width;
            System.arraycopy(known, 0, ids, start, length);
            Arrays.fill(valid, start, start + length, true);
            System.arraycopy(branches.inputIds(), row * branches.width(), ids, start + length, branches.width());
            System.arraycopy(branches.valid(), row * branches.width(), valid, start + length, branches.width());
        }
        return states(new TokenBatch(branches.rows(), width, ids, valid, new long[ids.length]), length);
    }

    /** Final states from a column on. */
    private Tensor states(TokenBatch batch, int from) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor all = strategy.run(stack, batch, ForwardMode.EVALUATE, false).hiddenStates(); // [B, T, H]
            return scope.promote(all.narrow(1, from, batch.width() - from));
        }
    }

    /** The strategy has done so. */
    @Override
    public Tensor finish(Tensor states) {
        return states;
    }

    @Override
    public void close() {
        // Nothing is kept but numbers.
    }
}
