package org.frugaltorch.io;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Tensors whose data comes into being together, such as a quantised matrix and its scales: they share a file.
 *
 * @param tensors what is known of them beforehand
 * @param content makes their data; asked once, when their turn comes
 */
public record TensorGroup(List<TensorSpec> tensors, Content content) {
    /** Keeps its own copy of the list. */
    public TensorGroup {
        tensors = List.copyOf(tensors);
    }

    /** Makes the data of all tensors of a group. */
    @FunctionalInterface
    public interface Content {
        /** Gives every tensor of the group to {@code sink} once, in any order. */
        void writeTo(Sink sink);
    }

    /** Takes the data of a group. */
    @FunctionalInterface
    public interface Sink {
        /** Writes all bytes of a tensor, little-endian and in row-major order; they may be released when it returns. */
        void put(String name, MemorySegment data);
    }

    /** A group of one tensor that is stored already. */
    public static TensorGroup stored(String name, TensorSource.Entry entry) {
        return new TensorGroup(List.of(new TensorSpec(name, entry.dtype(), entry.shape())),
                sink -> sink.put(name, entry.data()));
    }

    /** Bytes of all its tensors. */
    public long byteSize() {
        return tensors.stream().mapToLong(TensorSpec::byteSize).sum();
    }
}
