package org.frugaltorch.finetune.cli;

import java.nio.file.Path;
import org.frugaltorch.finetune.train.RunFolder;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command that trains: what becomes of runs that are there already. */
public final class RunOptions {
    @Option(names = "--resume", description = "Go on with a run that was interrupted, from its last checkpoint.")
    private boolean resume;

    @Option(names = "--force", description = "Replace a run that the folder holds already.")
    private boolean force;

    @Option(names = "--no-checkpoint", description = "Write no checkpoints: saves disk, but a kill loses the run.")
    private boolean noCheckpoint;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Options not given yet; picocli sets them. */
    public RunOptions() {}

    /** The folder of one run, with what to do about one that is there. */
    RunFolder folder(Path path) {
        if (resume && force) {
            throw new ParameterException(
                    command.commandLine(), "--resume goes on with a run and --force replaces it: give one");
        }
        RunFolder.Existing existing = resume
                ? RunFolder.Existing.RESUME
                : force ? RunFolder.Existing.REPLACE : RunFolder.Existing.REFUSE;
        return new RunFolder(path, !noCheckpoint, existing);
    }
}
