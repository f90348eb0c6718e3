package org.frugaltorch.finetune.model;

import org.frugaltorch.autograd.Recompute;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * The ordinary strategy: every token carries gradients.
 *
 * @param policy what is kept of each block's activations
 */
public record KeepAll(ActivationPolicy policy) implements ActivationStrategy {
    /** With every activation kept that autograd asks for. */
    public KeepAll() {
        this(ActivationPolicy.KEEP);
    }

    @Override
    public StackOutput run(TransformerStack stack, TokenBatch batch, ForwardMode mode, boolean wantConstants) {
        try (TensorScope scope = TensorScope.open()) {
            TokenGroup tokens = TokenGroup.all(batch);
            AttentionView view = stack.view(tokens, tokens);
            Tensor hiddenStates = stack.embeddings().forward(tokens, mode); // [B, T, H]
            for (TransformerBlock block : stack.blocks()) {
                try (TensorScope inner = TensorScope.open()) {
                    Tensor next = policy == ActivationPolicy.RECOMPUTE
                            ? Recompute.apply((again, in) -> new Tensor[] {
                                        run(block, in[0], view.over(in[1], in[2], in[3]), mode)
                                    }, block::parameters, view.tensorsAfter(hiddenStates))[0]
                            : run(block, hiddenStates, view, mode);
                    hiddenStates.close();
                    hiddenStates = inner.promote(next);
                }
            }
            return new StackOutput(tokens, scope.promote(stack.finish(hiddenStates)));
        }
    }

    private Tensor run(TransformerBlock block, Tensor hiddenStates, AttentionView view, ForwardMode mode) {
        Tensor input = block.attentionInput(hiddenStates);
        KeyValue keyValue = block.attention().keyValue(input, view);
        return policy == ActivationPolicy.LEAN
                ? block.finishLean(hiddenStates, block.attention().gather(input, keyValue, view, mode), mode)
                : block.forward(hiddenStates, input, keyValue, view, mode);
    }
}
