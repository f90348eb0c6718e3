package org.frugaltorch.finetune.metrics;

import java.util.stream.LongStream;

/** How often each class was predicted as each class: rows are the expected classes, columns the predicted ones. */
public final class ConfusionMatrix {
    private final long[][] counts; // [expected][predicted]

    private ConfusionMatrix(long[][] counts) {
        this.counts = counts;
    }

    /**
     * Counts pairs of expected and predicted classes.
     *
     * @param expected   class of each example, each in {@code [0, numClasses)}
     * @param predicted  predicted class of each example, as many and in the same range
     * @param numClasses number of classes, at least 1
     * @throws IllegalArgumentException if there is no example, the lengths differ or a class is out of range
     */
    public static ConfusionMatrix of(int[] expected, int[] predicted, int numClasses) {
        Samples.requirePairs(expected.length, predicted.length);
        if (numClasses < 1) {
            throw new IllegalArgumentException("A classification needs at least 1 class, but numClasses is "
                    + numClasses + ".");
        }
        long[][] counts = new long[numClasses][numClasses];
        for (int i = 0; i < expected.length; i++) {
            requireClass("expected", expected[i], i, numClasses);
            requireClass("predicted", predicted[i], i, numClasses);
            counts[expected[i]][predicted[i]]++;
        }
        return new ConfusionMatrix(counts);
    }

    private static void requireClass(String role, int value, int index, int numClasses) {
        if (value < 0 || value >= numClasses) {
            throw new IllegalArgumentException("Example " + index + " has the " + role + " class " + value
                    + ", but classes run from 0 to " + (numClasses - 1) + ".");
        }
    }

    /** Number of classes. */
    public int numClasses() {
        return counts.length;
    }

    /** Number of examples of class {@code expected} that were predicted as {@code predicted}. */
    public long count(int expected, int predicted) {
        return counts[expected][predicted];
    }

    /** Number of examples of a class. */
    public long expected(int label) {
        return LongStream.of(counts[label]).sum();
    }

    /** Number of examples predicted as a class. */
    public long predicted(int label) {
        long sum = 0;
        for (long[] row : counts) {
            sum += row[label];
        }
        return sum;
    }

    /** Number of examples predicted right. */
    public long correct() {
        long sum = 0;
        for (int label = 0; label < counts.length; label++) {
            sum += counts[label][label];
        }
        return sum;
    }

    /** Number of examples. */
    public long total() {
        long sum = 0;
        for (int label = 0; label < counts.length; label++) {
            sum += expected(label);
        }
        return sum;
    }

    /** A copy of the counts, {@code [expected][predicted]}. */
    public long[][] toArray() {
        long[][] copy = new long[counts.length][];
        for (int label = 0; label < counts.length; label++) {
            copy[label] = counts[label].clone();
        }
        return copy;
    }
}
