package org.frugaltorch.finetune.tagging;

import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenScores;
import org.frugaltorch.finetune.tokentune.LabelledSelection;
import org.frugaltorch.finetune.tokentune.TokenTune;

/**
 * A way to fine-tune a tagger.
 *
 * @param method full fine-tuning, with or without TokenTune
 * @param always tokens that TokenTune selects whatever chance says
 */
public record TaggingMethod(Method method, AlwaysSelect always) {
    public TaggingMethod {
        if (method.training() != Method.Training.FULL) {
            throw new IllegalArgumentException(
                    "Taggers are trained in full, with or without TokenTune, but not by " + method.name());
        }
        if (always != AlwaysSelect.NONE && method.tokens().isEmpty()) {
            throw new IllegalArgumentException("'" + always + "' says which tokens TokenTune always selects, but "
                    + method.name() + " selects all of them: leave it out, or give a share of the tokens");
        }
    }

    /** The name that tables and folders show. */
    public String name() {
        return method.name() + (always == AlwaysSelect.NONE ? "" : "+always-" + always);
    }

    /**
     * How a model is run on a batch in training.
     *
     * @param labels of every row's tokens
     * @param outside class number of {@code O}, or -1
     */
    public ActivationStrategy strategy(TokenBatch batch, int[][] labels, int outside) {
        return method.tokens().<ActivationStrategy>map(choice -> new TokenTune(
                        selection(choice, batch, labels, outside), method.policy()))
                .orElseGet(() -> new KeepAll(method.policy()));
    }

    private LabelledSelection selection(Method.TokenChoice choice, TokenBatch batch, int[][] labels, int outside) {
        boolean[] labelled = new boolean[batch.valid().length];
        boolean[] taken = new boolean[batch.valid().length];
        for (int row = 0; row < batch.rows(); row++) {
            for (int column = 0; column < labels[row].length; column++) {
                int at = row * batch.width() + column;
                labelled[at] = labels[row][column] != TokenScores.NO_LABEL;
                taken[at] = always.covers(labels[row][column], outside);
            }
        }
        return new LabelledSelection(choice.share(), choice.importance(), labelled, taken);
    }
}
