package org.frugaltorch.finetune.model;

import java.util.Arrays;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * An encoder and a decoder with a head that scores every word as the next one of the decoder's text: for summaries and
 * translations.
 *
 * @param head [V, H]; the word embedding table where the two are tied
 * @param bias of the scores, a constant [1, V], or null
 * @param parameters of the whole model, owned by it
 */
public record TextToTextModel(EncoderDecoder backbone, Linear head, Tensor bias, Parameters parameters)
        implements AutoCloseable {

    /**
     * Scores of the next token after every token of {@code target} that carries gradients.
     *
     * @return [B, P, V], in the order of the strategy's group; meaningless where that is padding
     */
    public Tensor logits(ActivationStrategy strategy, TokenBatch source, TokenBatch target, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open()) {
            return scope.promote(scores(backbone.run(strategy, source, target, mode, FinalStates.WITH_GRADIENTS).hiddenStates()));
        }
    }

    /**
     * Mean cross-entropy of the tokens of {@code target}, each predicted from the source and from those before it. Only
     * tokens that carry gradients predict; where there is none, the loss is zero.
     *
     * @param target the text to give; padding is not predicted
     * @return zero-dimensional, in float32 or wider
     */
    public Tensor loss(ActivationStrategy strategy, TokenBatch source, TokenBatch target, ForwardMode mode) {
        TokenBatch behind = target.shifted(backbone.startToken());
        try (TensorScope scope = TensorScope.open()) {
            StackOutput output = backbone.run(strategy, source, behind, mode, FinalStates.WITH_GRADIENTS);
            Tensor states = output.hiddenStates(); // [B, P, H]
            return scope.promote(LanguageLoss.PLAIN.mean(
                    head, bias, states.reshape(-1, states.size(2)), labels(output.tokens(), target)));
        }
    }

    /** The token of the target at the place of every token of the group. */
    private static long[] labels(TokenGroup group, TokenBatch target) {
        TokenGroup all = TokenGroup.all(target);
        long[] labels = new long[group.valid().length];
        Arrays.fill(labels, LanguageBatch.IGNORED);
        for (int row = 0; row < group.rows(); row++) {
            for (int slot = row * group.width(); slot < (row + 1) * group.width(); slot++) {
                for (int i = row * all.width(); group.valid()[slot] && i < (row + 1) * all.width(); i++) {
                    if (all.valid()[i] && all.positions()[i] == group.positions()[slot]) {
                        labels[slot] = all.inputIds()[i];
                    }
                }
            }
        }
        return labels;
    }

    private Tensor scores(Tensor states) {
        Tensor scores = head.forward(states);
        return bias == null ? scores : scores.add(bias);
    }

    /** Type of the weights. */
    public DType dtype() {
        return parameters.tensors().iterator().next().dtype();
    }

    @Override
    public void close() {
        parameters.close();
    }
}
