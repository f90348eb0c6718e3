package org.frugaltorch.finetune.classification;

import java.util.List;
import org.frugaltorch.finetune.data.Encoding;

/**
 * Tokenised examples with their classes.
 *
 * @param encodings one an example
 * @param labels class numbers, one an example
 */
public record LabelledTokens(List<Encoding> encodings, int[] labels) {
    public LabelledTokens {
        if (encodings.size() != labels.length) {
            throw new IllegalArgumentException(encodings.size() + " examples, but " + labels.length + " labels");
        }
    }
}
