package org.frugaltorch.jmh.bench;

/**
 * How long a process measures.
 *
 * @param warmUps iterations before those that count
 * @param iterations that count
 * @param milliseconds of an iteration, for benchmarks that call again and again; others call once
 */
record Effort(int warmUps, int iterations, int milliseconds) {
    /** For a smoke test. */
    static final Effort TINY = new Effort(1, 1, 10);
    /** For a first look. */
    static final Effort QUICK = new Effort(2, 3, 150);
    /** For figures that last. */
    static final Effort FULL = new Effort(4, 5, 500);

    /** The same for calls of seconds, of which one warms up enough. */
    Effort forSteps() {
        return new Effort(Math.min(warmUps, 1), iterations, milliseconds);
    }
}
