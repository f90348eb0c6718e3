package org.frugaltorch.memory;

/** Live and peak bytes of one device, in all and by phase. Guarded by the {@link MemoryLedger}. */
final class DeviceLedger {
    private static final int PHASES = Phase.values().length;

    private final long[] phasePeak = new long[PHASES];
    private long live;
    private long peak;
    private long allocations;

    void report(long bytes, int phase) {
        live += bytes;
        if (bytes > 0) {
            allocations++;
            if (live > peak) {
                peak = live;
            }
            if (live > phasePeak[phase]) {
                phasePeak[phase] = live;
            }
        }
    }

    /** What is live when a phase begins is part of its peak. */
    void enter(int phase) {
        phasePeak[phase] = Math.max(phasePeak[phase], live);
    }

    void resetPeaks() {
        java.util.Arrays.fill(phasePeak, 0);
        peak = live;
    }

    long live() {
        return live;
    }

    long peak() {
        return peak;
    }

    long phasePeak(Phase phase) {
        return phasePeak[phase.ordinal()];
    }

    long allocations() {
        return allocations;
    }
}
