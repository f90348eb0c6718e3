package org.frugaltorch.jmh.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A kind of benchmarks, which share a table. */
enum BenchGroup {
    /** C functions by themselves. */
    CALLS(true),
    /** Operators and their release. */
    OPERATORS(true),
    /** Ownership. */
    SCOPES(true),
    /** One training step that several libraries take. */
    SAME_STEP(false),
    /** Training steps of BERT by method. */
    ENCODER_STEP(false),
    /** Training steps of Llama by method. */
    DECODER_STEP(false),
    /** Loading of weights. */
    SAFETENSORS(false),
    /** Weights in four bits. */
    FOUR_BIT(false),
    /** Products of matrices. */
    MATMUL(false),
    /** Tokenising and batching. */
    TEXT(false),
    /** What the ledger costs. */
    LEDGER(false),
    /** Continuing texts. */
    GENERATION(false);

    private final boolean oneThread;

    BenchGroup(boolean oneThread) {
        this.oneThread = oneThread;
    }

    /**
     * Whether the work is done by the thread that asks for it. Its processor time is measured then, which other work on
     * the machine changes least.
     */
    boolean oneThread() {
        return oneThread;
    }

    /**
     * The group of a name such as {@code encoder-step}.
     *
     * @throws IllegalArgumentException when there is none
     */
    static BenchGroup named(String name) {
        return Arrays.stream(values()).filter(group -> group.toString().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Unknown benchmarks '" + name + "': known are "
                        + Arrays.stream(values()).map(BenchGroup::toString).collect(Collectors.joining(", "))));
    }

    /** The groups of such names; all of none. */
    static List<BenchGroup> named(List<String> names) {
        return names == null || names.isEmpty()
                ? List.of(values())
                : names.stream().map(BenchGroup::named).distinct().sorted().toList();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
