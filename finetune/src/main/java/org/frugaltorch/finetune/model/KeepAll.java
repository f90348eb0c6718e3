package org.frugaltorch.finetune.model;

import java.util.List;
import org.frugaltorch.autograd.Recompute;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * The ordinary strategy: every token carries gradients. Where a head reads one token of a sequence, the last block
 * computes that one alone, and of the others the keys and values that it looks at: nothing else of them has a gradient.
 *
 * @param policy what is kept of each block's activations
 */
public record KeepAll(ActivationPolicy policy) implements ActivationStrategy {
    /** With every activation kept that autograd asks for. */
    public KeepAll() {
        this(ActivationPolicy.KEEP);
    }

    @Override
    public StackOutput run(TransformerStack stack, TokenBatch batch, ForwardMode mode, FinalStates wanted) {
        try (TensorScope scope = TensorScope.open()) {
            TokenGroup tokens = TokenGroup.all(batch);
            AttentionView view = stack.view(tokens, tokens);
            Computed all = new Computed(tokens, null, view, view);
            List<TransformerBlock> blocks = stack.blocks();
            boolean one = wanted.ofOne() && batch.width() > 1 && !blocks.isEmpty();
            Computed last = one ? Computed.of(stack, batch, wanted.columns(tokens), all) : all;
            Tensor hiddenStates = stack.embeddings().forward(tokens, mode); // [B, T, H]
            for (int i = 0; i < blocks.size(); i++) {
                TransformerBlock block = blocks.get(i);
                try (TensorScope inner = TensorScope.open()) {
                    Computed computed = i == blocks.size() - 1 ? last : all;
                    Tensor next = policy == ActivationPolicy.RECOMPUTE
                            ? Recompute.apply((again, in) -> new Tensor[] {run(block, in[0], computed.over(in), mode)},
                                    block::parameters, computed.tensorsAfter(hiddenStates))[0]
                            : run(block, hiddenStates, computed, mode);
                    hiddenStates.close();
                    hiddenStates = inner.promote(next);
                }
            }
            return new StackOutput(last.tokens, scope.promote(stack.finish(hiddenStates)));
        }
    }

    private Tensor run(TransformerBlock block, Tensor hiddenStates, Computed computed, ForwardMode mode) {
        Tensor input = block.attentionInput(hiddenStates);
        KeyValue keyValue = block.attention().keyValue(input, computed.lookedAt);
        Tensor states = computed.of(hiddenStates);
        Tensor asking = input == hiddenStates ? states : computed.of(input);
        return policy == ActivationPolicy.LEAN
                ? block.finishLean(states, block.attention().gather(asking, keyValue, computed.looking, mode), mode)
                : block.forward(states, asking, keyValue, computed.looking, mode);
    }

    /**
     * What a block computes.
     *
     * @param tokens whose states
     * @param cells their indices into [B * T], one a row; null for all tokens
     * @param looking their view of all tokens
     * @param lookedAt the view of all tokens
     */
    private record Computed(TokenGroup tokens, Tensor cells, AttentionView looking, AttentionView lookedAt) {
        /** @param columns one a row, of all tokens */
        static Computed of(TransformerStack stack, TokenBatch batch, int[][] columns, Computed all) {
            TokenGroup tokens = TokenGroup.of(batch, columns);
            long[] cells = new long[columns.length];
            for (int row = 0; row < cells.length; row++) {
                cells[row] = (long) row * batch.width() + columns[row][0];
            }
            return new Computed(tokens, Tensors.of(cells).to(stack.embeddings().device()), stack.view(tokens, all.tokens),
                    all.lookedAt);
        }

        /** [B, T, H] to [B, 1, H], or the same */
        Tensor of(Tensor states) {
            return cells == null ? states
                    : states.reshape(-1, states.size(2)).indexSelect(0, cells).unsqueeze(1);
        }

        Tensor[] tensorsAfter(Tensor hiddenStates) {
            return looking.tensorsAfter(lookedAt.tensorsAfter(hiddenStates, cells));
        }

        Computed over(Tensor... in) {
            return new Computed(tokens, in[1], looking.over(in[5], in[6], in[7]), lookedAt.over(in[2], in[3], in[4]));
        }
    }
}
