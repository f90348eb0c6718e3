package org.frugaltorch.finetune.metrics;

/** What all scores ask of their input. */
final class Samples {
    private Samples() {}

    static void requirePairs(int expected, int predicted) {
        if (expected != predicted) {
            throw new IllegalArgumentException("Every example needs one prediction, but there are " + expected
                    + " expected values and " + predicted + " predictions.");
        }
        if (expected == 0) {
            throw new IllegalArgumentException("There is no example to score; the evaluation set is empty.");
        }
    }
}
