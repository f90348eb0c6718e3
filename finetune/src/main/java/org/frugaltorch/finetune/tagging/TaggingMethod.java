package org.frugaltorch.finetune.tagging;

import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenScores;
import org.frugaltorch.finetune.tokentune.LabelledSelection;

/**
 * A way to fine-tune a tagger.
 *
 * @param method what is trained, and through which tokens
 * @param always tokens that TokenTune selects whatever chance says
 */
public record TaggingMethod(Method method, AlwaysSelect always) {
    public TaggingMethod {
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
     * @param model made ready for the method
     * @param labels of every row's tokens
     * @param outside class number of {@code O}, or -1
     */
    public ActivationStrategy strategy(
            PreparedClassifier<?> model, TokenBatch batch, int[][] labels, int outside) {
        return method.tokens().map(choice -> model.through(selection(choice, batch, labels, outside)))
                .orElseGet(model::training);
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
