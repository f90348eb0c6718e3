package org.frugaltorch.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A string argument of operators, such as {@code "none"} for exact GELU; kept in native memory for good. */
public final class NativeText {
    final MemorySegment bytes;
    final long length;

    private NativeText(String text) {
        this.bytes = Arena.global().allocateFrom(text);
        this.length = bytes.byteSize() - 1;
    }

    /** Copies {@code text} to native memory; keep the result in a static field. */
    public static NativeText of(String text) {
        return new NativeText(text);
    }
}
