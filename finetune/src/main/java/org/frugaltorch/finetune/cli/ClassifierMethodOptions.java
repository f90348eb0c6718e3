package org.frugaltorch.finetune.cli;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationPolicy;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that train a classifier about what is trained, and through which tokens. */
public final class ClassifierMethodOptions {
    @Mixin
    private TokenTuneOptions tokenTune;

    @Mixin
    private MethodOptions method;

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
        Method chosen = method.method(tokenTune.choice(), policy, lora, reversible);
        if (compare && isFull(chosen)) {
            throw new IllegalArgumentException(
                    "--compare sets a method beside full fine-tuning: give --tokentune, --lora or --meft too");
        }
        List<Method> methods = new ArrayList<>();
        if (compare) {
            methods.add(Method.full().under(policy));
        }
        methods.add(chosen);
        return methods;
    }

    private static boolean isFull(Method method) {
        return method.training() == Training.FULL && method.tokens().isEmpty();
    }
}
