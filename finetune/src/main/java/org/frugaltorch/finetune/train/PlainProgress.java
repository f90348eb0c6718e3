package org.frugaltorch.finetune.train;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.frugaltorch.finetune.measure.Units;

/** Progress as plain lines: the first status, then one an interval, and the last. */
final class PlainProgress implements ProgressLine {
    private final String task;
    private final long stepsDone;
    private final long totalSteps;
    private final PrintStream out;
    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private final long startedAt;
    private long printedAt;
    private Line printed;
    private Line latest;

    private record Line(long step, String figures) {}

    PlainProgress(String task, long stepsDone, long totalSteps, PrintStream out, Duration interval,
                  LongSupplier nanoTime) {
        this.task = task;
        this.stepsDone = stepsDone;
        this.totalSteps = totalSteps;
        this.out = out;
        this.intervalNanos = interval.toNanos();
        this.nanoTime = nanoTime;
        this.startedAt = nanoTime.getAsLong();
    }

    @Override
    public void update(long step, String figures) {
        latest = new Line(step, figures);
        long now = nanoTime.getAsLong();
        if (printed == null || now - printedAt >= intervalNanos) {
            print(now);
        }
    }

    @Override
    public void message(String text) {
        out.println(text);
        out.flush();
    }

    @Override
    public void close() {
        if (latest != null && latest != printed) {
            print(nanoTime.getAsLong());
        }
    }

    private void print(long now) {
        printed = latest;
        printedAt = now;
        double elapsed = (now - startedAt) / 1e9;
        long steps = latest.step - stepsDone;
        long remaining = Math.max(0, totalSteps - latest.step);
        String left = steps > 0 ? Units.duration(elapsed / steps * remaining) : Units.NOT_MEASURED;
        String percent = totalSteps > 0
                ? String.format(Locale.ROOT, " (%d %%)", 100 * latest.step / totalSteps) : "";
        message(task + ": step " + latest.step + "/" + totalSteps + percent + ", " + latest.figures + ", elapsed "
                + Units.duration(elapsed) + ", left " + left);
    }
}
