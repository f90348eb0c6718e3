package org.frugaltorch.finetune.tokentune;

import java.util.Arrays;
import java.util.function.Supplier;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.autograd.Recompute;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.AskingTokens;
import org.frugaltorch.finetune.model.AttentionView;
import org.frugaltorch.finetune.model.FinalStates;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.KeyValue;
import org.frugaltorch.finetune.model.ReadTokens;
import org.frugaltorch.finetune.model.SelfAttention;
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
 * embeddings, keys, values and block outputs have no gradient, and nothing of them is saved but keys and values, or what
 * an {@link ActivationPolicy} keeps instead of those.
 *
 * <p>Selected and unselected tokens go through the stack side by side as two groups; each attends to the keys of both.
 */
public final class TokenTune implements ActivationStrategy {
    private final TokenSelection selection;
    private final ActivationPolicy policy;

    /** @param selection draws the tokens, anew at every run */
    public TokenTune(TokenSelection selection) {
        this(selection, ActivationPolicy.KEEP);
    }

    /**
     * @param selection draws the tokens, anew at every run
     * @param policy what is kept of each block's activations
     */
    public TokenTune(TokenSelection selection, ActivationPolicy policy) {
        this.selection = selection;
        this.policy = policy;
    }

    @Override
    public StackOutput run(TransformerStack stack, TokenBatch batch, ForwardMode mode, FinalStates wanted) {
        int[][] chosen = selection.select(stack, batch, mode.seed());
        int[][] others = TokenGroup.others(batch, chosen);
        if (Arrays.stream(others).allMatch(row -> row.length == 0)) {
            return new KeepAll(policy).run(stack, batch, mode, wanted);
        }
        return new Run(stack, mode, policy, TokenGroup.of(batch, chosen), TokenGroup.of(batch, others))
                .run(wanted);
    }

    /** One run over one batch. */
    private record Run(
            TransformerStack stack, ForwardMode mode, ActivationPolicy policy, TokenGroup selected, TokenGroup constant) {

        StackOutput run(FinalStates wanted) {
            try (TensorScope scope = TensorScope.open()) {
                AttentionView selectedView = stack.view(selected, constant, selected);
                AttentionView constantView = stack.view(constant, constant, selected);
                AskingTokens all = new AskingTokens(selectedView);
                AskingTokens read = new AskingTokens(
                        selectedView, ReadTokens.of(stack, wanted, selected, constant, selected));
                Tensor selectedStates = stack.embeddings().forward(selected, mode); // [B, P, H]
                Tensor constantStates = withoutGrad(() -> stack.embeddings().forward(constant, mode)); // [B, S, H]
                for (int i = 0; i < stack.blocks().size(); i++) {
                    TransformerBlock block = stack.blocks().get(i);
                    boolean top = i == stack.blocks().size() - 1;
                    boolean lastConstants = top && !wanted.constants();
                    try (TensorScope inner = TensorScope.open()) {
                        Views views = new Views(top ? read : all, constantView);
                        Tensor[] inputs = views.tensorsAfter(selectedStates, constantStates);
                        Tensor[] next = policy == ActivationPolicy.RECOMPUTE
                                ? Recompute.apply((again, in) -> step(block, lastConstants || again, views.over(in), in),
                                        block::parameters, inputs)
                                : step(block, lastConstants, views, inputs);
                        constantStates.close();
                        selectedStates.close();
                        selectedStates = inner.promote(next[0]);
                        constantStates = lastConstants ? null : inner.promote(next[1].detach());
                    }
                }
                Tensor result = scope.promote(stack.finish(selectedStates));
                if (!wanted.constants()) {
                    return new StackOutput(read.of(selected), result, constant, null);
                }
                Tensor last = constantStates;
                return new StackOutput(selected, result, constant, scope.promote(withoutGrad(() -> stack.finish(last))));
            }
        }

        /**
         * One block for both groups. The selected tokens go first, so that a second run draws their random numbers again
         * without having to run the constants.
         *
         * @param inputs states of selected tokens, then of constant ones
         * @return new states of selected tokens, or of those of them that are read, and, if wanted, of constant ones
         */
        private Tensor[] step(TransformerBlock block, boolean selectedAlone, Views views, Tensor... inputs) {
            Tensor selectedInput = block.attentionInput(inputs[0]);
            // A handle of its own: where attention reads the states themselves, the caller's must stay where it is.
            Tensor constantInput = withoutGrad(() -> block.attentionInput(inputs[1]).alias());
            Tensor nextSelected;
            KeyValue keyValue;
            if (policy == ActivationPolicy.LEAN) {
                Gathered gathered = gather(block, views, selectedInput, constantInput);
                nextSelected = block.finishLean(views.selected.of(inputs[0]), gathered.context, mode);
                keyValue = gathered.keyValue;
            } else {
                keyValue = joined(block, views, selectedInput, constantInput);
                nextSelected = block.forward(
                        views.selected.of(inputs[0]), views.selected.of(selectedInput), keyValue, views.selected.view(), mode);
            }
            return selectedAlone
                    ? new Tensor[] {nextSelected}
                    : new Tensor[] {
                        nextSelected,
                        withoutGrad(() -> block.forward(
                                inputs[1], constantInput, keyValue.detached(), views.constant, mode))
                    };
        }

        /** What the selected tokens gathered by attention, and from which keys and values. */
        private record Gathered(Tensor context, KeyValue keyValue) {}

        /** Attention of which only what it reads is kept, where that is smaller than keys and values. */
        private Gathered gather(TransformerBlock block, Views views, Tensor selectedInput, Tensor constantInput) {
            SelfAttention attention = block.attention();
            boolean inputIsSmaller = constantInput.size(-1)
                    < attention.key().weight().outFeatures() + attention.value().weight().outFeatures();
            if (!inputIsSmaller) {
                KeyValue keyValue = joined(block, views, selectedInput, constantInput);
                return new Gathered(
                        attention.gather(views.selected.of(selectedInput), keyValue, views.selected.view(), mode), keyValue);
            }
            Tensor[] results = Recompute.apply((again, in) -> {
                Views same = views.over(in);
                KeyValue keyValue = joined(block, same, in[0], in[1]);
                Tensor context = attention.gather(same.selected.of(in[0]), keyValue, same.selected.view(), mode);
                return again ? new Tensor[] {context} : new Tensor[] {context, keyValue.key(), keyValue.value()};
            }, attention::parameters, views.tensorsAfter(selectedInput, constantInput));
            return new Gathered(results[0], new KeyValue(results[1], results[2]));
        }

        private KeyValue joined(TransformerBlock block, Views views, Tensor selectedInput, Tensor constantInput) {
            KeyValue constants;
            try (GradMode off = GradMode.disabled()) {
                constants = block.attention().keyValue(constantInput, views.constant);
            }
            return KeyValue.joined(constants, block.attention().keyValue(selectedInput, views.selected.group()));
        }
    }

    /** How the two groups take part in attention. */
    private record Views(AskingTokens selected, AttentionView constant) {
        Tensor[] tensorsAfter(Tensor... first) {
            return selected.tensorsAfter(constant.tensorsAfter(first));
        }

        /** The same over handles that {@link #tensorsAfter} put behind two others. */
        Views over(Tensor... in) {
            return new Views(selected.over(in), constant.over(in[2], in[3], in[4]));
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
