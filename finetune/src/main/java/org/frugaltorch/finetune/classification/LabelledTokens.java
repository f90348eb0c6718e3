package org.frugaltorch.finetune.classification;

import java.util.List;
import java.util.function.Function;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.model.TokenBatch;

/**
 * Tokenised examples with what shall be answered to them.
 *
 * @param encodings one an example
 * @param targets the answers
 * @param input makes a batch what a model reads
 */
public record LabelledTokens(List<Encoding> encodings, Targets targets, Function<Batch, TokenBatch> input) {
    public LabelledTokens {
        if (encodings.size() != targets.count()) {
            throw new IllegalArgumentException(encodings.size() + " examples, but " + targets.count() + " labels");
        }
    }

    /**
     * Texts of classes.
     *
     * @param labels class numbers, one an example
     * @param classes how many classes there are
     */
    public LabelledTokens(List<Encoding> encodings, int[] labels, int classes) {
        this(encodings, new Targets.Classes(labels, classes), Batch::toTokens);
    }

    /** The class numbers, one an example. */
    public int[] labels() {
        if (targets instanceof Targets.Classes classes) {
            return classes.ids();
        }
        throw new IllegalStateException("The examples have numbers, not classes");
    }
}
