package org.frugaltorch.finetune.model;

import java.util.List;
import org.frugaltorch.autograd.Recompute;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

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
            Computed all = new Computed(null, view);
            List<TransformerBlock> blocks = stack.blocks();
            Computed last = new Computed(ReadTokens.of(stack, wanted, tokens, tokens), view);
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
            return new StackOutput(last.read == null ? tokens : last.read.tokens(), scope.promote(stack.finish(hiddenStates)));
        }
    }

    private Tensor run(TransformerBlock block, Tensor hiddenStates, Computed computed, ForwardMode mode) {
        Tensor input = block.attentionInput(hiddenStates);
        KeyValue keyValue = block.attention().keyValue(input, computed.lookedAt);
        Tensor states = computed.of(hiddenStates);
        Tensor asking = input == hiddenStates ? states : computed.of(input);
        return policy == ActivationPolicy.LEAN
                ? block.finishLean(states, block.attention().gather(asking, keyValue, computed.looking(), mode), mode)
                : block.forward(states, asking, keyValue, computed.looking(), mode);
    }

    /**
     * What a block computes.
     *
     * @param read whose states; null for all tokens
     * @param lookedAt the view of all tokens
     */
    private record Computed(ReadTokens read, AttentionView lookedAt) {
        AttentionView looking() {
            return read == null ? lookedAt : read.view();
        }

        /** [B, T, H] to [B, 1, H], or the same */
        Tensor of(Tensor states) {
            return read == null ? states : read.of(states);
        }

        Tensor[] tensorsAfter(Tensor hiddenStates) {
            Tensor[] tensors = lookedAt.tensorsAfter(hiddenStates);
            return read == null ? tensors : read.tensorsAfter(tensors);
        }

        Computed over(Tensor... in) {
            return new Computed(read == null ? null : read.over(in[4], in[5], in[6], in[7]),
                    lookedAt.over(in[1], in[2], in[3]));
        }
    }
}
