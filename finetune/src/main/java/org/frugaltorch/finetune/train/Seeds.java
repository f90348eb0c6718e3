package org.frugaltorch.finetune.train;

/** Seeds by counting: every use of chance in a run has its own, whatever ran before it. */
public final class Seeds {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Seeds() {}

    /** An unrelated number for every list of counters. */
    public static long of(long seed, long... counters) {
        long state = mixed(seed + GOLDEN);
        for (long counter : counters) {
            state = mixed(state * GOLDEN + counter + 1);
        }
        return state;
    }

    // The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
    private static long mixed(long value) {
        long x = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        return x ^ x >>> 31;
    }
}
