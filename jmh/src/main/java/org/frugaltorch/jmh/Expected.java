package org.frugaltorch.jmh;

import java.util.Arrays;

/** What every library must get before its speed counts: 1.5 and 2.25 added and multiplied. */
final class Expected {
    private Expected() {}

    static void sum(float... actual) {
        check(actual, 3.75f);
    }

    static void product(float... actual) {
        check(actual, 3.375f);
    }

    private static void check(float[] actual, float expected) {
        if (!Arrays.equals(actual, new float[] {expected})) {
            throw new IllegalStateException("Expected " + expected + ", got " + Arrays.toString(actual));
        }
    }
}
