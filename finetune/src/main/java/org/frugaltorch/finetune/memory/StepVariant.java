package org.frugaltorch.finetune.memory;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.LanguageLoss;

/**
 * A method with what it may be combined with.
 *
 * @param method what is trained, and by which tokens
 * @param policy what is kept of a block's activations
 * @param loss how head and loss are computed; always {@link LanguageLoss#PLAIN} for classifiers
 * @param optimizerInBackward whether weights are updated within the backward pass
 */
public record StepVariant(Method method, ActivationPolicy policy, LanguageLoss loss, boolean optimizerInBackward) {

    /** With an update of all weights after the backward pass. */
    public StepVariant(Method method, ActivationPolicy policy, LanguageLoss loss) {
        this(method, policy, loss, false);
    }

    /** Of a classifier, with an update of all weights after the backward pass. */
    public StepVariant(Method method, ActivationPolicy policy) {
        this(method, policy, LanguageLoss.PLAIN);
    }

    /**
     * Every method under every policy with every loss and either time of updates, in this order of precedence.
     * Reversible layers keep no activations, so methods that have them come without those policies that keep less.
     */
    public static List<StepVariant> all(List<Method> methods, List<ActivationPolicy> policies,
            List<LanguageLoss> losses, List<Boolean> optimizerInBackward) {
        List<StepVariant> variants = new ArrayList<>();
        for (Method method : methods) {
            List<ActivationPolicy> possible =
                    method.reversible().isPresent() ? List.of(ActivationPolicy.KEEP) : policies;
            for (ActivationPolicy policy : possible) {
                for (LanguageLoss loss : losses) {
                    for (boolean inBackward : optimizerInBackward) {
                        variants.add(new StepVariant(method, policy, loss, inBackward));
                    }
                }
            }
        }
        return List.copyOf(variants);
    }

    /** The method under the policy. */
    public Method whole() {
        return method.under(policy);
    }

    boolean recompute() {
        return policy == ActivationPolicy.RECOMPUTE;
    }

    boolean lean() {
        return policy == ActivationPolicy.LEAN;
    }

    boolean chunkedLoss() {
        return loss == LanguageLoss.CHUNKED;
    }
}
