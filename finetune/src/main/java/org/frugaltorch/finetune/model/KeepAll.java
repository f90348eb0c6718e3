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
            AskingTokens all = new AskingTokens(view);
            List<TransformerBlock> blocks = stack.blocks();
            AskingTokens last = new AskingTokens(view, ReadTokens.of(stack, wanted, tokens, tokens));
            Tensor hiddenStates = stack.embeddings().forward(tokens, mode); // [B, T, H]
            for (int i = 0; i < blocks.size(); i++) {
                TransformerBlock block = blocks.get(i);
                try (TensorScope inner = TensorScope.open()) {
                    AskingTokens asking = i == blocks.size() - 1 ? last : all;
                    Tensor next = policy == ActivationPolicy.RECOMPUTE
                            ? Recompute.apply((again, in) -> new Tensor[] {run(block, in[0], asking.over(in), mode)},
                                    block::parameters, asking.tensorsAfter(hiddenStates))[0]
                            : run(block, hiddenStates, asking, mode);
                    hiddenStates.close();
                    hiddenStates = inner.promote(next);
                }
            }
            return new StackOutput(last.of(tokens), scope.promote(stack.finish(hiddenStates)));
        }
    }

    private Tensor run(TransformerBlock block, Tensor hiddenStates, AskingTokens asking, ForwardMode mode) {
        Tensor input = block.attentionInput(hiddenStates);
        KeyValue keyValue = block.attention().keyValue(input, asking.group());
        Tensor states = asking.of(hiddenStates);
        Tensor askingInput = input == hiddenStates ? states : asking.of(input);
        return policy == ActivationPolicy.LEAN
                ? block.finishLean(states, block.attention().gather(askingInput, keyValue, asking.view(), mode), mode)
                : block.forward(states, askingInput, keyValue, asking.view(), mode);
    }
}
