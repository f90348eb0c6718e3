package org.frugaltorch.finetune.cli;

import org.frugaltorch.finetune.model.ActivationPolicy;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command that trains: which activations are computed again instead of kept. */
public final class PolicyOptions {
    @Option(names = "--lean",
            description = "Compute norms and activation functions again in the backward pass: saves memory at little"
                    + " cost.")
    private boolean lean;

    @Option(names = "--recompute",
            description = "Run every block again in the backward pass: saves the most memory, for a third more time.")
    private boolean recompute;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Options not given yet; picocli sets them. */
    public PolicyOptions() {}

    ActivationPolicy policy() {
        if (lean && recompute) {
            throw new ParameterException(
                    command.commandLine(), "--recompute keeps less than --lean does already: give one of them");
        }
        return lean ? ActivationPolicy.LEAN : recompute ? ActivationPolicy.RECOMPUTE : ActivationPolicy.KEEP;
    }
}
