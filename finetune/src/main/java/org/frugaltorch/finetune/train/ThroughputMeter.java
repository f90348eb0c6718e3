package org.frugaltorch.finetune.train;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Tokens per second of training. Only the time between {@link #start} and {@link #stop} counts, so evaluation, saving and
 * reporting do not. Used by one thread.
 */
final class ThroughputMeter {
    private final LongSupplier nanoTime;
    private double[] rates = new double[64];
    private int steps;
    private long startedAt;
    private boolean running;
    private long tokens;
    private long nanos;
    private long lastNanos;

    /** A meter on the system's clock. */
    public ThroughputMeter() {
        this(System::nanoTime);
    }

    ThroughputMeter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Begins a step.
     *
     * @throws IllegalStateException if one is under way
     */
    public void start() {
        if (running) {
            throw new IllegalStateException("The step before was not stopped.");
        }
        running = true;
        startedAt = nanoTime.getAsLong();
    }

    /**
     * Ends a step.
     *
     * @param stepTokens tokens that it processed
     * @return tokens per second of this step; NaN if no time passed
     * @throws IllegalStateException if none is under way
     */
    public double stop(long stepTokens) {
        if (!running) {
            throw new IllegalStateException("No step was started.");
        }
        running = false;
        long elapsed = nanoTime.getAsLong() - startedAt;
        tokens += stepTokens;
        nanos += elapsed;
        lastNanos = elapsed;
        double rate = rate(stepTokens, elapsed);
        add(rate);
        return rate;
    }

    private void add(double rate) {
        if (steps == rates.length) {
            rates = Arrays.copyOf(rates, 2 * steps);
        }
        rates[steps++] = rate;
    }

    /** Counts the rate of a step that was taken before this meter began, by a run that is resumed. */
    void resume(double rate) {
        add(rate);
    }

    /** Seconds of the step that was stopped last; 0 before the first. */
    public double lastSeconds() {
        return lastNanos / 1e9;
    }

    /** All tokens by all time, in tokens per second; NaN before the first step. */
    public double mean() {
        return rate(tokens, nanos);
    }

    /**
     * Median of the steps' rates, in tokens per second, which a few slow steps (the first ones, say) do not move; NaN before
     * the first step.
     */
    public double median() {
        double[] sorted = Arrays.stream(rates, 0, steps).filter(Double::isFinite).sorted().toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Number of steps so far. */
    public int steps() {
        return steps;
    }

    /** Number of tokens so far. */
    public long tokens() {
        return tokens;
    }

    /** Seconds spent in steps so far. */
    public double seconds() {
        return nanos / 1e9;
    }

    private static double rate(long tokens, long nanos) {
        return nanos > 0 ? tokens * 1e9 / nanos : Double.NaN;
    }
}
