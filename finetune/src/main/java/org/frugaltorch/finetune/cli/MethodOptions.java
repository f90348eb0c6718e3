package org.frugaltorch.finetune.cli;

import java.util.Optional;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.Method.TokenChoice;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationPolicy;
import picocli.CommandLine.Option;

/** The option {@code --meft} of commands that train, and what it comes to with all others that choose a method. */
public final class MethodOptions {
    @Option(names = "--meft", paramLabel = "1|2|3",
            description = "Make the model reversible by MEFT1, MEFT2 or MEFT3: frozen but for small adapters, its"
                    + " activations computed back instead of kept. Wants a higher learning rate than full fine-tuning,"
                    + " 5e-4 to 5e-3. Goes with --tokentune.")
    private Integer meft;

    /** Options not given yet; picocli sets them. */
    public MethodOptions() {}

    boolean isReversible() {
        return meft != null;
    }

    /**
     * What was asked for, full fine-tuning if nothing was.
     *
     * @param tokens that carry gradients; all when empty
     * @throws IllegalArgumentException when the options contradict one another or make no sense
     */
    Method method(
            Optional<TokenChoice> tokens, ActivationPolicy policy, LoraOptions lora, MeftOptions reversible) {
        Training training = lora.training();
        if (meft != null && training.isLowRank()) {
            throw new IllegalArgumentException("--lora trains an adapter of an ordinary model, and --meft makes it"
                    + " reversible: give one of them, or --meft-lora RANK for low-rank adapters in reversible layers");
        }
        return reversible.recipe(Optional.ofNullable(meft))
                .map(recipe -> Method.meft(recipe, tokens))
                .orElseGet(() -> Method.of(training, tokens)).under(policy);
    }
}
