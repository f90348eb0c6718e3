package org.frugaltorch.bindings;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Has large tensors given back to the operating system when they are released. The C library takes what is above a threshold
 * straight from the system, and by default raises that threshold with every large block that is released, up to 32 MiB:
 * from then on tensors come from its heap, where whatever small outlives them keeps their memory in the process. With a
 * fixed threshold a training step of a small Llama is seen to take a third less.
 */
@SuppressWarnings("restricted")
final class NativeHeap {
    /** {@code M_MMAP_THRESHOLD} of the GNU C library. */
    private static final int THRESHOLD = -3;
    /** Large enough that what the system takes to fill pages with zeros does not show. */
    static final int LARGE_BYTES = 8 << 20;
    /** Where users say so themselves. */
    private static final String VARIABLE = "MALLOC_MMAP_THRESHOLD_";
    private static final String TUNABLES = "GLIBC_TUNABLES";
    private static final String TUNABLE = "glibc.malloc.mmap_threshold";

    private NativeHeap() {}

    /** Does nothing in other C libraries, or where the environment has a threshold. */
    static void configure(Surroundings surroundings) {
        boolean chosen = surroundings.variableIfSet(VARIABLE).isPresent()
                || surroundings.variableIfSet(TUNABLES).filter(all -> all.contains(TUNABLE)).isPresent();
        MemorySegment function = Linker.nativeLinker().defaultLookup().find("mallopt").orElse(null);
        if (chosen || function == null) {
            return;
        }
        try {
            int done = (int) Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)).invokeExact(THRESHOLD, LARGE_BYTES);
            assert done == 1;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a call into C throws nothing checked", e);
        }
    }
}
