package org.frugaltorch.finetune.cli;

import org.frugaltorch.engine.Engine;
import picocli.CommandLine.Option;

/** The option of every command that trains: how many threads operators have. */
public final class ThreadsOption {
    @Option(names = "--threads", defaultValue = "0", paramLabel = "N",
            description = "Threads for operators; 0: as many as the machine has cores (default: ${DEFAULT-VALUE}).")
    private int threads;

    /** Option not given yet; picocli sets it. */
    public ThreadsOption() {}

    /** Sets it for the whole process. */
    void apply() {
        if (threads != 0) {
            Engine.setThreads(threads);
        }
    }
}
