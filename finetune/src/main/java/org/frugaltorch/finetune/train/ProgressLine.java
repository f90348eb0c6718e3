package org.frugaltorch.finetune.train;

import java.io.PrintStream;
import java.time.Duration;
import org.frugaltorch.finetune.measure.Units;

/**
 * Shows people how a run goes: a live bar on a terminal, and elsewhere, as in the log of a build server, a plain line now
 * and then. It writes to the standard error stream and leaves the standard output to results.
 */
public sealed interface ProgressLine extends AutoCloseable permits TerminalProgress, PlainProgress {
    /** How often a plain line is printed where there is no terminal. */
    Duration PLAIN_INTERVAL = Duration.ofSeconds(15);

    /**
     * Where a run stands.
     *
     * @param step            optimiser steps taken
     * @param loss            recent training loss
     * @param tokensPerSecond recent throughput; NaN if not known
     * @param liveBytes       bytes held now; -1 if not measured
     * @param peakBytes       most bytes held so far; -1 if not measured
     */
    record Status(long step, double loss, double tokensPerSecond, long liveBytes, long peakBytes) {
        /** The figures in words, for example {@code loss 0.6931, 1,234 tok/s, 210.5 MiB (peak 400.0)}. */
        public String figures() {
            StringBuilder text = new StringBuilder("loss ")
                    .append(Double.isNaN(loss) ? "NaN" : Units.decimal(loss, 4));
            if (Double.isFinite(tokensPerSecond)) {
                text.append(", ").append(Units.decimal(tokensPerSecond, 0)).append(" tok/s");
            }
            if (liveBytes >= 0 && peakBytes >= 0) {
                text.append(", ").append(Units.mib(liveBytes)).append(" MiB (peak ").append(Units.mib(peakBytes))
                        .append(')');
            }
            return text.toString();
        }
    }

    /**
     * Begins to show a run.
     *
     * @param task       short name of what runs
     * @param stepsDone  steps taken before, more than 0 when a run is resumed
     * @param totalSteps steps after which the run is complete
     */
    static ProgressLine open(String task, long stepsDone, long totalSteps) {
        PrintStream out = System.err;
        return Terminals.isStandardErrorInteractive()
                ? new TerminalProgress(task, stepsDone, totalSteps, out, Terminals.width())
                : new PlainProgress(task, stepsDone, totalSteps, out, PLAIN_INTERVAL, System::nanoTime);
    }

    /** Shows a new status of training. Cheap enough to be called at every step. */
    default void update(Status status) {
        update(status.step(), status.figures());
    }

    /**
     * Shows where something else than training stands.
     *
     * @param step    steps taken
     * @param figures what else there is to say, in words
     */
    void update(long step, String figures);

    /** Prints a line of its own that stays, for example the result of an evaluation. */
    void message(String text);

    @Override
    void close();
}
