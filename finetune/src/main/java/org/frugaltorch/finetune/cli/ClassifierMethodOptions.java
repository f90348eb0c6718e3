package org.frugaltorch.finetune.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.Method.TokenChoice;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationPolicy;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that train a classifier about what is trained, and through which tokens. */
public final class ClassifierMethodOptions {
    @Mixin
    private TokenTuneOptions tokenTune;

    @Option(names = "--meft", paramLabel = "1|2|3",
            description = "Make the model reversible by MEFT1, MEFT2 or MEFT3: frozen but for small adapters, its"
                    + " activations computed back instead of kept. Wants a learning rate of about 5e-4. Goes with"
                    + " --tokentune.")
    private Integer meft;

    @Option(names = "--compare",
            description = "With --tokentune, --lora or --meft: fine-tune fully too, and report both.")
    private boolean compare;

    /** Options not given yet; picocli sets them. */
    public ClassifierMethodOptions() {}

    /**
     * What was asked for, full fine-tuning if nothing was; the method to report first in front.
     *
     * @throws IllegalArgumentException when the options contradict one another or make no sense
     */
    List<Method> methods(ActivationPolicy policy, LoraOptions lora, MeftOptions reversible) {
        Optional<TokenChoice> tokens = tokenTune.choice();
        Training training = lora.training();
        if (meft != null && training.isLowRank()) {
            throw new IllegalArgumentException("--lora trains an adapter of an ordinary model, and --meft makes it"
                    + " reversible: give one of them, or --meft-lora RANK for low-rank adapters in reversible layers");
        }
        Method method = reversible.recipe(Optional.ofNullable(meft))
                .map(recipe -> Method.meft(recipe, tokens))
                .orElseGet(() -> Method.of(training, tokens)).under(policy);
        List<Method> methods = new ArrayList<>();
        if (compare && !isFull(method)) {
            methods.add(Method.full().under(policy));
        }
        methods.add(method);
        return methods;
    }

    private static boolean isFull(Method method) {
        return method.training() == Training.FULL && method.tokens().isEmpty();
    }
}
