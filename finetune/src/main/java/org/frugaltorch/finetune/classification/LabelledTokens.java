package org.frugaltorch.finetune.classification;

import java.util.List;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.Inputs;
import org.frugaltorch.finetune.data.TextInputs;

/**
 * Examples with what shall be answered to them.
 *
 * @param inputs the examples
 * @param targets the answers
 */
public record LabelledTokens(Inputs inputs, Targets targets) {
    public LabelledTokens {
        if (inputs.count() != targets.count()) {
            throw new IllegalArgumentException(inputs.count() + " examples, but " + targets.count() + " labels");
        }
    }

    /**
     * Texts of classes.
     *
     * @param labels class numbers, one an example
     * @param classes how many classes there are
     */
    public LabelledTokens(List<Encoding> encodings, int[] labels, int classes) {
        this(new TextInputs(encodings), new Targets.Classes(labels, classes));
    }

    /** How many examples there are. */
    public int count() {
        return inputs.count();
    }

    /** The class numbers, one an example. */
    public int[] labels() {
        if (targets instanceof Targets.Classes classes) {
            return classes.ids();
        }
        throw new IllegalStateException("The examples have numbers, not classes");
    }
}
