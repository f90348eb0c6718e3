package org.frugaltorch.finetune.meft;

/**
 * What a coupling multiplies a stream with, as a fraction, so that streams of whole numbers can be multiplied and divided
 * without loss.
 */
record Factor(int numerator, int denominator) {
    /** Factors are multiples of one over this. */
    static final int STEPS = 1000;

    private static final int LARGEST = 10;
    private static final double ROUNDING = 1e-6;

    /** The factor {@code value}, reduced. */
    static Factor of(double value) {
        if (!isUsable(value)) {
            throw new IllegalArgumentException("A factor " + requirement() + ", not " + value);
        }
        int numerator = (int) Math.round(value * STEPS);
        int divisor = greatestCommonDivisor(numerator, STEPS);
        return new Factor(numerator / divisor, STEPS / divisor);
    }

    static boolean isUsable(double value) {
        double steps = value * STEPS;
        return steps >= 1 - ROUNDING && value <= LARGEST && Math.abs(steps - Math.rint(steps)) < ROUNDING;
    }

    static String requirement() {
        return "must be a multiple of 0.001 from 0.001 to " + LARGEST;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    boolean isOne() {
        return numerator == denominator;
    }

    /** How many whole numbers at most become the same one when they are multiplied and rounded down. */
    int states() {
        return Math.ceilDiv(denominator, numerator);
    }

    double value() {
        return (double) numerator / denominator;
    }
}
