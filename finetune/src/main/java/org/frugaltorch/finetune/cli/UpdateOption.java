package org.frugaltorch.finetune.cli;

import org.frugaltorch.finetune.train.TrainerSettings;
import picocli.CommandLine.Option;

/** The option of every command that trains: when weights are updated. */
public final class UpdateOption {
    /** Its name. */
    public static final String NAME = "--optimizer-in-backward";

    @Option(names = NAME,
            description = "Update each weight within the backward pass, as soon as its gradient is complete, and free the"
                    + " gradient: they never exist all at once. Goes with --max-grad-norm 0 and"
                    + " --gradient-accumulation-steps 1.")
    private boolean inBackward;

    /** Option not given yet; picocli sets it. */
    public UpdateOption() {}

    /**
     * The settings with this choice.
     *
     * @throws IllegalArgumentException when they do not go with it
     */
    TrainerSettings applyTo(TrainerSettings settings) {
        return inBackward ? settings.withOptimizerInBackward() : settings;
    }
}
