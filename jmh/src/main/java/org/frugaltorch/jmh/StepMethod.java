package org.frugaltorch.jmh;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.classification.Method;
import org.frugaltorch.finetune.memory.LanguageMethod;
import org.frugaltorch.finetune.memory.LanguageVariant;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.tokentune.TokenTune;
import org.frugaltorch.finetune.tokentune.WeightedSelection;

/**
 * A way to take a training step, by a name that lists its parts: {@code full}, {@code lora} or {@code qlora};
 * {@code tokentune-0.25}; {@code lean} or {@code recompute}; {@code chunked}, for the loss. What is left out is full,
 * all tokens, everything kept, and the loss in one piece: {@code recompute} alone is full fine-tuning with
 * recomputation.
 *
 * @param name as given
 * @param variant what it means for a language model
 */
public record StepMethod(String name, LanguageVariant variant) {
    private static final String CHUNKED = "chunked";

    /**
     * Reads a name.
     *
     * @throws IllegalArgumentException when a part is unknown, or two exclude each other
     */
    public static StepMethod named(String name) {
        List<String> trained = new ArrayList<>();
        ActivationPolicy policy = ActivationPolicy.KEEP;
        LanguageLoss loss = LanguageLoss.PLAIN;
        for (String part : name.split("\\+", -1)) {
            if (part.equals(CHUNKED)) {
                loss = LanguageLoss.CHUNKED;
            } else if (isPolicy(part)) {
                if (policy != ActivationPolicy.KEEP) {
                    throw new IllegalArgumentException("The method '" + name
                            + "' names two activation policies: choose one");
                }
                policy = ActivationPolicy.named(part);
            } else {
                trained.add(part);
            }
        }
        String method = trained.isEmpty() ? "full" : String.join("+", trained);
        return new StepMethod(name, new LanguageVariant(LanguageMethod.named(method), policy, loss));
    }

    private static boolean isPolicy(String part) {
        return part.equals(ActivationPolicy.LEAN.toString()) || part.equals(ActivationPolicy.RECOMPUTE.toString());
    }

    /** The share of tokens that carry gradients. */
    public TokenShare share() {
        return variant.method().share().orElse(new TokenShare.Ratio(1));
    }

    /**
     * What it means for a classifier. Methods for encoders only have their place here.
     *
     * @throws IllegalArgumentException when it is a method for language models only
     */
    public Method forClassifier() {
        if (variant.method().training() != LanguageMethod.Training.FULL || variant.loss() != LanguageLoss.PLAIN) {
            throw new IllegalArgumentException("The method '" + name
                    + "' is for language models: classifiers are trained by"
                    + " full, tokentune-SHARE, lean and recompute");
        }
        return new Method(name, variant.method().share().isPresent()
                ? new TokenTune(new WeightedSelection(share(), TokenImportance.RANDOM), variant.policy())
                : new KeepAll(variant.policy()));
    }
}
