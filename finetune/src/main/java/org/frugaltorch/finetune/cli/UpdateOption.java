package org.frugaltorch.finetune.cli;

import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.optim.Rounding;
import picocli.CommandLine.Option;

/** The options of every command that trains: when and how weights are updated. */
public final class UpdateOption {
    /** Name of the first. */
    public static final String NAME = "--optimizer-in-backward";

    @Option(names = NAME,
            description = "Update each weight within the backward pass, as soon as its gradient is complete, and free the"
                    + " gradient: they never exist all at once. Goes with --max-grad-norm 0 and"
                    + " --gradient-accumulation-steps 1.")
    private boolean inBackward;

    @Option(names = "--rounding", defaultValue = "stochastic", paramLabel = "NAME",
            description = "How updates of bfloat16 weights and their moments are rounded: stochastic, so that steps too small"
                    + " for the type are right on average, or nearest, which loses them, as PyTorch does"
                    + " (default: ${DEFAULT-VALUE}).")
    private String rounding;

    /** Options not given yet; picocli sets them. */
    public UpdateOption() {}

    /**
     * The settings with these choices.
     *
     * @throws IllegalArgumentException when they do not go with it, or there is no such rounding
     */
    TrainerSettings applyTo(TrainerSettings settings) {
        TrainerSettings rounded = settings.with(Rounding.named(rounding));
        return inBackward ? rounded.withOptimizerInBackward() : rounded;
    }
}
