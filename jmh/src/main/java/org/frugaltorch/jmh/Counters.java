package org.frugaltorch.jmh;

import java.util.Map;
import java.util.TreeMap;
import org.frugaltorch.finetune.memory.StepMemory;

/**
 * Numbers that a benchmark measures once, beside its time; {@link CountersProfiler} hands them to JMH. They are the
 * process's: JMH runs every benchmark in one of its own.
 */
public final class Counters {
    /** Bytes that were live at once, as the ledger counted them. */
    public static final String PEAK = "peakBytes";
    /** Bytes that a forward pass kept for its backward pass. */
    public static final String SAVED = "savedActivationBytes";
    /** Bytes of all weights. */
    public static final String WEIGHTS = "weightBytes";
    /** Bytes by which the process grew at most since before it had a model, as the operating system sees it. */
    public static final String RESIDENT = "residentPeakBytes";
    /** Bytes that one call reads or makes. */
    public static final String BYTES = "bytes";
    /** Additions and multiplications of one call. */
    public static final String OPERATIONS = "operations";
    /** Texts, tokens or other things that one call gets done. */
    public static final String ITEMS = "items";
    /** Loss after the steps by which results were compared. */
    public static final String LOSS = "loss";

    private static final Map<String, Double> VALUES = new TreeMap<>();

    private Counters() {}

    /** Sets a number; the last one counts. */
    static synchronized void put(String name, double value) {
        VALUES.put(name, value);
    }

    static void put(StepMemory memory) {
        put(PEAK, memory.peakBytes());
        put(SAVED, memory.savedActivationBytes());
        put(WEIGHTS, memory.weightBytes());
    }

    /** All numbers so far. */
    static synchronized Map<String, Double> all() {
        return new TreeMap<>(VALUES);
    }

    static synchronized void clear() {
        VALUES.clear();
    }
}
