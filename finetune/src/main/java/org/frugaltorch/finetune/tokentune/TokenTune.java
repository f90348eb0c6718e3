package org.frugaltorch.finetune.tokentune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.KeyValue;
import org.frugaltorch.finetune.model.StackOutput;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.finetune.model.TransformerBlock;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Back-propagates through some tokens of every sequence ("TokenTune: Memory-efficient fine-tuning of large language
 * models through token selection"). The forward values are exact. Unselected tokens are constants everywhere: their
 * embeddings, keys, values and block outputs have no gradient, and nothing of them is saved but keys and values.
 *
 * <p>Selected and unselected tokens go through the stack side by side as two groups; each attends to the keys of both.
 */
public final class TokenTune implements ActivationStrategy {
    private final TokenSelection selection;

    /** @param selection draws the tokens, anew at every run */
    public TokenTune(TokenSelection selection) {
        this.selection = selection;
    }

    @Override
    public StackOutput run(TransformerStack stack, TokenBatch batch, ForwardMode mode, boolean wantConstants) {
        int[][] chosen = selection.select(stack, batch, mode.seed());
        int[][] others = others(batch, chosen);
        if (Arrays.stream(others).allMatch(row -> row.length == 0)) {
            return new KeepAll().run(stack, batch, mode, wantConstants);
        }
        return new Run(stack, mode, TokenGroup.of(batch, chosen), TokenGroup.of(batch, others)).run(wantConstants);
    }

    /** Real tokens that were not chosen. */
    private static int[][] others(TokenBatch batch, int[][] chosen) {
        int[][] others = new int[batch.rows()][];
        for (int row = 0; row < batch.rows(); row++) {
            List<Integer> columns = new ArrayList<>();
            for (int column = 0; column < batch.width(); column++) {
                if (batch.valid()[row * batch.width() + column] && Arrays.binarySearch(chosen[row], column) < 0) {
                    columns.add(column);
                }
            }
            others[row] = columns.stream().mapToInt(Integer::intValue).toArray();
        }
        return others;
    }

    /** One run over one batch. */
    private record Run(TransformerStack stack, ForwardMode mode, TokenGroup selected, TokenGroup constant) {

        StackOutput run(boolean wantConstants) {
            try (TensorScope scope = TensorScope.open()) {
                AttentionView selectedView = stack.view(selected, constant, selected);
                AttentionView constantView = stack.view(constant, constant, selected);
                Tensor selectedStates = stack.embeddings().forward(selected, mode); // [B, P, H]
                Tensor constantStates = withoutGrad(() -> stack.embeddings().forward(constant, mode)); // [B, S, H]
                for (int i = 0; i < stack.blocks().size(); i++) {
                    TransformerBlock block = stack.blocks().get(i);
                    boolean lastConstants = i == stack.blocks().size() - 1 && !wantConstants;
                    try (TensorScope inner = TensorScope.open()) {
                        Tensor selectedInput = block.attentionInput(selectedStates);
                        Tensor from = constantStates;
                        Tensor constantInput = withoutGrad(() -> block.attentionInput(from));
                        KeyValue keyValue = joined(block, constantInput, constantView, selectedInput, selectedView);
                        Tensor nextConstant = lastConstants ? null : withoutGrad(() -> block.forward(
                                from, constantInput, keyValue.detached(), constantView, mode));
                        Tensor nextSelected =
                                block.forward(selectedStates, selectedInput, keyValue, selectedView, mode);
                        constantStates.close();
                        selectedStates.close();
                        constantStates = lastConstants ? null : inner.promote(nextConstant);
                        selectedStates = inner.promote(nextSelected);
                    }
                }
                Tensor result = scope.promote(stack.finish(selectedStates));
                if (!wantConstants) {
                    return new StackOutput(selected, result);
                }
                Tensor last = constantStates;
                return new StackOutput(selected, result, constant, scope.promote(withoutGrad(() -> stack.finish(last))));
            }
        }

        private KeyValue joined(
                TransformerBlock block, Tensor constantInput, AttentionView constantView, Tensor selectedInput,
                AttentionView selectedView) {
            KeyValue constants;
            try (GradMode off = GradMode.disabled()) {
                constants = block.attention().keyValue(constantInput, constantView);
            }
            return KeyValue.joined(constants, block.attention().keyValue(selectedInput, selectedView));
        }
    }

    /** Runs in a scope of its own, so that no temporary outlives it, and records nothing. */
    private static Tensor withoutGrad(Supplier<Tensor> computation) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            return scope.promote(computation.get());
        }
    }
}
