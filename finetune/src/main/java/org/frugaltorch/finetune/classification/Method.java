package org.frugaltorch.finetune.classification;

import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.tokentune.TokenTune;
import org.frugaltorch.finetune.tokentune.WeightedSelection;

/**
 * A way to fine-tune, by the name that reports show.
 *
 * @param name such as {@code full} or {@code tokentune-0.25}
 * @param strategy that decides which activations live until the backward pass
 */
public record Method(String name, ActivationStrategy strategy) {

    /** Full fine-tuning: gradients through every token. */
    public static Method full() {
        return new Method("full", new KeepAll());
    }

    /** TokenTune: gradients through some tokens. */
    public static Method tokenTune(TokenShare share, TokenImportance importance) {
        String suffix = importance == TokenImportance.RANDOM ? "" : "-" + importance;
        return new Method("tokentune-" + share + suffix, new TokenTune(new WeightedSelection(share, importance)));
    }
}
