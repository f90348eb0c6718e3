package org.frugaltorch.finetune.model;

import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/** The ordinary strategy: every token carries gradients, every activation that autograd asks for is kept. */
public final class KeepAll implements ActivationStrategy {
    /** The strategy has no settings. */
    public KeepAll() {}

    @Override
    public StackOutput run(TransformerStack stack, TokenBatch batch, ForwardMode mode, boolean wantConstants) {
        try (TensorScope scope = TensorScope.open()) {
            TokenGroup tokens = TokenGroup.all(batch);
            AttentionView view = stack.view(tokens, tokens);
            Tensor hiddenStates = stack.embeddings().forward(tokens, mode); // [B, T, H]
            for (TransformerBlock block : stack.blocks()) {
                try (TensorScope inner = TensorScope.open()) {
                    Tensor input = block.attentionInput(hiddenStates);
                    Tensor next = block.forward(
                            hiddenStates, input, block.attention().keyValue(input, view), view, mode);
                    hiddenStates.close();
                    hiddenStates = inner.promote(next);
                }
            }
            return new StackOutput(tokens, scope.promote(stack.finish(hiddenStates)));
        }
    }
}
