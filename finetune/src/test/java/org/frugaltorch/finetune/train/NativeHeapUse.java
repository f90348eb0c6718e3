package org.frugaltorch.finetune.train;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** What the process has taken from the C library and not given back: unlike what is resident, without Java's heap. */
@SuppressWarnings("restricted")
final class NativeHeapUse {
    private static final int FIELDS = 10;
    private static final int MAPPED = 4; // hblkhd: bytes of blocks that are taken from the system one by one
    private static final int IN_HEAPS = 7; // uordblks: bytes of all others
    private static final MethodHandle INFO = Linker.nativeLinker().downcallHandle(
            Linker.nativeLinker().defaultLookup().find("mallinfo2").orElseThrow(),
            FunctionDescriptor.of(MemoryLayout.structLayout(MemoryLayout.sequenceLayout(FIELDS, ValueLayout.JAVA_LONG))));

    private NativeHeapUse() {}

    static long bytes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = (MemorySegment) INFO.invokeExact((SegmentAllocator) arena);
            return info.getAtIndex(ValueLayout.JAVA_LONG, MAPPED) + info.getAtIndex(ValueLayout.JAVA_LONG, IN_HEAPS);
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }
}
