package org.frugaltorch.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.frugaltorch.bindings.NativeMemory;

/** Values in Java: arrays, single numbers, and memory without a copy. */
public sealed interface HostAccess permits Tensor {
    /** The tensor these operators work on. */
    Tensor self();

    /**
     * The tensor's own memory, no copy: valid while the tensor is open, and writing to it writes to the tensor.
     *
     * @throws IllegalStateException when the tensor is not on the CPU or has gaps between its elements
     */
    default MemorySegment segment() {
        Tensor tensor = self();
        if (!tensor.device().isCpu() || !tensor.isContiguous()) {
            throw new IllegalStateException("Only a contiguous tensor on the CPU has memory that Java can see:"
                    + " call to(Device.CPU).contiguous() first");
        }
        return NativeMemory.view(tensor.dataAddress(), tensor.byteSize());
    }

    /** Overwrites the elements with {@code values}, of the same length in bytes; returns self. */
    default Tensor copyFrom(MemorySegment values) {
        MemorySegment target = segment();
        if (target.byteSize() != values.byteSize()) {
            throw new IllegalArgumentException("The tensor holds " + target.byteSize() + " bytes, but " + values.byteSize()
                    + " were given");
        }
        target.copyFrom(values);
        return self();
    }

    /** All elements in row-major order, converted to float. */
    default float[] toFloats() {
        return read(DType.FLOAT32, memory -> memory.toArray(JAVA_FLOAT));
    }

    /** All elements in row-major order, converted to double. */
    default double[] toDoubles() {
        return read(DType.FLOAT64, memory -> memory.toArray(JAVA_DOUBLE));
    }

    /** All elements in row-major order, converted to long. */
    default long[] toLongs() {
        return read(DType.INT64, memory -> memory.toArray(JAVA_LONG));
    }

    /** All elements in row-major order, converted to int. */
    default int[] toInts() {
        return read(DType.INT32, memory -> memory.toArray(JAVA_INT));
    }

    /** All elements in row-major order as bytes; for uint8 and bool the bytes themselves. */
    default byte[] toBytes() {
        return read(self().dtype() == DType.BOOL ? DType.BOOL : DType.UINT8, memory -> memory.toArray(JAVA_BYTE));
    }

    /** The only element as a double. */
    default double item() {
        requireSingle();
        return toDoubles()[0];
    }

    /** The only element as a long. */
    default long itemLong() {
        requireSingle();
        return toLongs()[0];
    }

    private void requireSingle() {
        long count = self().elementCount();
        if (count != 1) {
            throw new IllegalStateException("item() needs a tensor of one element, this one has " + count);
        }
    }

    private <T> T read(DType type, Function<MemorySegment, T> reader) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor host = self().detach().to(Device.CPU).to(type).contiguous();
            return reader.apply(host.segment());
        }
    }
}
