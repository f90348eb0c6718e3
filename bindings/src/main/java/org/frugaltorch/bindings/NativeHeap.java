package org.frugaltorch.bindings;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where large tensors come from.
 *
 * <p>Has them given back to the operating system when they are released. The C library takes what is above a threshold
 * straight from the system, and by default raises that threshold with every large block that is released, up to 32 MiB:
 * from then on tensors come from its heap, where whatever small outlives them keeps their memory in the process. With a
 * fixed threshold a training step of a small Llama is seen to take a third less.
 *
 * <p>And has them made of huge pages, where the system grants those: to fill each page of 4 KiB with zeros when it is first
 * touched takes several times as long as to write it. libtorch asks for huge pages when its environment says so.
 */
@SuppressWarnings("restricted")
final class NativeHeap {
    /** {@code M_MMAP_THRESHOLD} of the GNU C library. */
    private static final int THRESHOLD = -3;
    /** Large enough that what the system takes to fill small pages with zeros does not show. */
    private static final int LARGE_BYTES = 8 << 20;
    /** The same for huge pages; smaller blocks than these get none. */
    private static final int HUGE_PAGE_BYTES = 2 << 20;
    /** Where users say so themselves. */
    private static final String VARIABLE = "MALLOC_MMAP_THRESHOLD_";
    private static final String TUNABLES = "GLIBC_TUNABLES";
    private static final String TUNABLE = "glibc.malloc.mmap_threshold";

    /** libtorch's own switch, which it reads at its first large tensor. */
    private static final String HUGE_PAGES = "THP_MEM_ALLOC_ENABLE";
    private static final Path GRANTED = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    private NativeHeap() {}

    /** Must run before libtorch is loaded; what the environment says already stays as it is. */
    static void configure(Surroundings surroundings) {
        boolean hugePages = surroundings.variableIfSet(HUGE_PAGES).map(said -> said.equals("1")).orElseGet(NativeHeap::areGranted);
        giveBackBlocksFrom(hugePages ? HUGE_PAGE_BYTES : LARGE_BYTES, surroundings);
        if (hugePages) {
            askForHugePages();
        }
    }

    private static boolean areGranted() {
        try {
            return !Files.readString(GRANTED).contains("[never]");
        } catch (IOException notLinux) {
            return false;
        }
    }

    /** Does nothing in other C libraries, or where the environment has a threshold. */
    private static void giveBackBlocksFrom(int bytes, Surroundings surroundings) {
        boolean chosen = surroundings.variableIfSet(VARIABLE).isPresent()
                || surroundings.variableIfSet(TUNABLES).filter(all -> all.contains(TUNABLE)).isPresent();
        if (!chosen) {
            MemorySegment function = Linker.nativeLinker().defaultLookup().find("mallopt").orElse(null);
            if (function != null) {
                int done = call(function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                        THRESHOLD, bytes);
                assert done == 1;
            }
        }
    }

    /** The environment that native code sees is not the one that Java shows. Does nothing where there is no such call. */
    private static void askForHugePages() {
        MemorySegment function = Linker.nativeLinker().defaultLookup().find("setenv").orElse(null);
        if (function != null) {
            try (Arena arena = Arena.ofConfined()) {
                int failed = call(function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT), arena.allocateFrom(HUGE_PAGES), arena.allocateFrom("1"), 0);
                assert failed == 0;
            }
        }
    }

    private static int call(MemorySegment function, FunctionDescriptor descriptor, Object... arguments) {
        try {
            return (int) Linker.nativeLinker().downcallHandle(function, descriptor).invokeWithArguments(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a call into C throws nothing checked", e);
        }
    }
}
