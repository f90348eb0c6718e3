package org.frugaltorch.bindings;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.frugaltorch.bindings.generated.Libtorch;
import org.frugaltorch.bindings.generated.LibtorchInternal;

/**
 * Heap slots that carry the value of an optional operator argument. libtorch 2.13 allocates them itself; before, it
 * takes any block from the C heap.
 */
@SuppressWarnings("restricted")
public final class StableValues {
    private static final boolean NATIVE = LibtorchFeature.STABLE_IVALUE.isAvailable();
    private static final ThreadLocal<MemorySegment> CELL =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(JAVA_LONG));

    private StableValues() {}

    /** A new slot that holds {@code value}; the operator call that takes it frees it. */
    public static long allocate(long value) {
        long slot;
        if (NATIVE) {
            MemorySegment cell = CELL.get();
            NativeStatus.check(Libtorch.torch_new_stable_ivalue(cell), "optional argument");
            slot = cell.get(JAVA_LONG, 0);
        } else {
            slot = LibtorchInternal.malloc(Long.BYTES).address();
        }
        NativeMemory.writeLong(slot, value);
        return slot;
    }

    /** The value in a slot. */
    public static long read(long slot) {
        return NativeMemory.readLong(slot);
    }

    /** Frees a slot that no call has taken. */
    public static void free(long slot) {
        if (NATIVE) {
            Libtorch.torch_delete_stable_ivalue(slot);
        } else {
            LibtorchInternal.free(MemorySegment.ofAddress(slot));
        }
    }
}
