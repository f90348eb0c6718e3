package org.frugaltorch.bindings;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Asks the system to make memory of huge pages. It fills every page with zeros when it is first touched, which for pages of
 * 4 KiB takes several times as long as to write them; see docs/large-tensors.md.
 */
@SuppressWarnings("restricted")
public final class HugePages {
    /** {@code MADV_HUGEPAGE} of Linux. */
    private static final int ADVICE = 14;
    private static final long PAGE = 4096;
    private static final MethodHandle ADVISE = advise();

    private HugePages() {}

    private static MethodHandle advise() {
        MemorySegment function = System.getProperty("os.name").equals("Linux")
                ? Linker.nativeLinker().defaultLookup().find("madvise").orElse(null)
                : null;
        return function == null ? null : Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    }

    /** Whether a block is large: smaller ones share their pages with others, see {@link NativeHeap}. */
    public static boolean areWorthIt(long bytes) {
        return bytes >= NativeHeap.LARGE_BYTES;
    }

    /** Asks for a large block that nothing was written to yet; does nothing where the system knows no huge pages. */
    public static void ask(long address, long bytes) {
        if (ADVISE == null) {
            return;
        }
        long start = (address + PAGE - 1) / PAGE * PAGE;
        long end = (address + bytes) / PAGE * PAGE;
        try {
            // Whether the system refuses makes no difference to what is in the block.
            int refused = (int) ADVISE.invokeExact(start, end - start, ADVICE);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a call into C throws nothing checked", e);
        }
    }
}
