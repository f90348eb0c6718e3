package org.frugaltorch.bindings;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** Memory that libtorch gave an address of. The caller answers for the address being valid. */
@SuppressWarnings("restricted")
public final class NativeMemory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private NativeMemory() {}

    /** The 64-bit word at {@code address}. */
    public static long readLong(long address) {
        return ALL.get(JAVA_LONG, address);
    }

    /** Overwrites the 64-bit word at {@code address}. */
    public static void writeLong(long address, long value) {
        ALL.set(JAVA_LONG, address, value);
    }

    /** {@code byteSize} bytes from {@code address} on, readable and writable for as long as the native side keeps them. */
    public static MemorySegment at(long address, long byteSize) {
        return MemorySegment.ofAddress(address).reinterpret(byteSize);
    }
}
