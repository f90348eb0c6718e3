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
 * @param loss how head and loss are computed
 * @param optimizerInBackward whether weights are updated within the backward pass
 */
public record LanguageVariant(Method method, ActivationPolicy policy, LanguageLoss loss, boolean optimizerInBackward) {

    /** With an update of all weights after the backward pass. */
    public LanguageVariant(Method method, ActivationPolicy policy, LanguageLoss loss) {
        this(method, policy, loss, false);
    }

    /** Every method under every policy with every loss and either time of updates, in this order of precedence. */
    public static List<LanguageVariant> all(List<Method> methods, List<ActivationPolicy> policies,
            List<LanguageLoss> losses, List<Boolean> optimizerInBackward) {
        List<LanguageVariant> variants = new ArrayList<>();
        for (Method method : methods) {
            for (ActivationPolicy policy : policies) {
                for (LanguageLoss loss : losses) {
                    for (boolean inBackward : optimizerInBackward) {
                        variants.add(new LanguageVariant(method, policy, loss, inBackward));
                    }
                }
            }
        }
        return List.copyOf(variants);
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
