package org.frugaltorch.jmh;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.meft.MeftSettings;
import org.frugaltorch.finetune.memory.StepVariant;
import org.frugaltorch.finetune.method.MeftRecipe;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.LanguageLoss;

/**
 * A way to take a training step, by a name that lists its parts: {@code full}, {@code lora}, {@code qlora} or
 * {@code meft1} to {@code meft3}, these also over four bits as in {@code meft1+nf4}; {@code tokentune-0.25}; {@code lean}
 * or {@code recompute}; {@code in-backward} for the updates; for language models, {@code chunked} for the loss. What is
 * left out is full, all tokens, everything kept, the loss in one piece, and updates at the end: {@code recompute} alone is
 * full fine-tuning with recomputation.
 *
 * @param name as given
 * @param method what is trained, by which tokens, and what is kept
 * @param loss how head and loss of a language model are computed
 * @param inBackward whether weights are updated within the backward pass
 */
public record StepMethod(String name, Method method, LanguageLoss loss, boolean inBackward) {
    private static final String CHUNKED = "chunked";
    private static final String IN_BACKWARD = "in-backward";

    /**
     * Reads a name.
     *
     * @throws IllegalArgumentException when a part is unknown, or two exclude each other
     */
    public static StepMethod named(String name) {
        List<String> rest = new ArrayList<>(List.of(name.split("\\+", -1)));
        LanguageLoss loss = rest.remove(CHUNKED) ? LanguageLoss.CHUNKED : LanguageLoss.PLAIN;
        boolean inBackward = rest.remove(IN_BACKWARD);
        ActivationPolicy policy = ActivationPolicy.KEEP;
        for (ActivationPolicy other : List.of(ActivationPolicy.LEAN, ActivationPolicy.RECOMPUTE)) {
            if (rest.remove(other.toString())) {
                if (policy != ActivationPolicy.KEEP) {
                    throw new IllegalArgumentException("The method '" + name + "' is both " + policy + " and " + other
                            + ": choose one");
                }
                policy = other;
            }
        }
        Method method = rest.isEmpty()
                ? Method.full()
                : Method.named(String.join("+", rest), variant -> new MeftRecipe(MeftSettings.of(variant)));
        return new StepMethod(name, method.under(policy), loss, inBackward);
    }

    /** What it means for a language model. */
    public StepVariant forLanguageModel() {
        return new StepVariant(method.under(ActivationPolicy.KEEP), method.policy(), loss, inBackward);
    }

    /**
     * What it means for a classifier.
     *
     * @throws IllegalArgumentException when it is a method for language models only
     */
    public StepVariant forClassifier() {
        if (loss != LanguageLoss.PLAIN) {
            throw new IllegalArgumentException(
                    "The method '" + name + "' is for language models: classifiers know no " + CHUNKED);
        }
        return forLanguageModel();
    }
}
