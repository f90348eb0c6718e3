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
 */
public record LanguageVariant(Method method, ActivationPolicy policy, LanguageLoss loss) {

    /** Every method under every policy with every loss, in this order of precedence. */
    public static List<LanguageVariant> all(
            List<Method> methods, List<ActivationPolicy> policies, List<LanguageLoss> losses) {
        List<LanguageVariant> variants = new ArrayList<>();
        for (Method method : methods) {
            for (ActivationPolicy policy : policies) {
                for (LanguageLoss loss : losses) {
                    variants.add(new LanguageVariant(method, policy, loss));
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
