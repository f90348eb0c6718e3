package org.frugaltorch.testing;

import java.lang.ref.Reference;
import java.util.function.BooleanSupplier;

/** Makes the garbage collector run for tests of what it sets off. */
public final class Garbage {
    private static final int MOST_TRIES = 100;
    private static final long MILLISECONDS_A_TRY = 20;

    private Garbage() {}

    /** Collects, and gives cleaners the time to run. */
    public static void collect() {
        for (int i = 0; i < 3; i++) {
            collectOnce();
        }
    }

    /** Collects until an object is gone; false when it stays. */
    public static boolean collects(Reference<?> reference) {
        return collectsUntil(() -> reference.refersTo(null));
    }

    /** Collects until a condition holds; false when it never does. */
    public static boolean collectsUntil(BooleanSupplier condition) {
        for (int i = 0; i < MOST_TRIES && !condition.getAsBoolean(); i++) {
            collectOnce();
        }
        return condition.getAsBoolean();
    }

    private static void collectOnce() {
        System.gc();
        try {
            Thread.sleep(MILLISECONDS_A_TRY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
