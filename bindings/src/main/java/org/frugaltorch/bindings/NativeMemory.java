package org.frugaltorch.bindings;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** Memory that libtorch owns, by address; the only way there outside generated code. Callers vouch for the bounds. */
@SuppressWarnings("restricted")
public final class NativeMemory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private NativeMemory() {}

    /** The bytes {@code address .. address + byteSize - 1}, valid while libtorch keeps them. */
    public static MemorySegment view(long address, long byteSize) {
        return MemorySegment.ofAddress(address).reinterpret(byteSize);
    }

    /** The 64-bit word at {@code address}. */
    public static long readLong(long address) {
        return ALL.get(JAVA_LONG, address);
    }

    /** Overwrites the 64-bit word at {@code address}. */
    public static void writeLong(long address, long value) {
        ALL.set(JAVA_LONG, address, value);
    }

    /** The {@code count} 64-bit numbers from {@code address} on. */
    public static long[] readLongs(long address, int count) {
        return view(address, (long) count * Long.BYTES).toArray(JAVA_LONG);
    }
}
