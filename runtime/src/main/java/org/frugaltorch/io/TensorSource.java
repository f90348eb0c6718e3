package org.frugaltorch.io;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.frugaltorch.tensor.DType;

/** Named tensors on disk, looked up without copying: one safetensors file, or a checkpoint of several. */
public interface TensorSource extends AutoCloseable {
    /** The names of all tensors, in file order. */
    Set<String> names();

    /**
     * The tensor called {@code name}.
     *
     * @throws DataException if there is none
     */
    Entry entry(String name);

    /** The free-form texts stored with the tensors, such as {@code format=pt}; empty if there are none. */
    Map<String, String> metadata();

    /** Unmaps the data: segments handed out must not be used any more. */
    @Override
    void close();

    /**
     * A tensor as stored.
     *
     * @param shape sizes of the dimensions; empty for a scalar
     * @param data  little-endian elements in row-major order, aligned to their size. A private mapping of the file: what is
     *              written to it stays in memory, unless {@code data.isReadOnly()} forbids writing
     */
    record Entry(String name, DType dtype, long[] shape, MemorySegment data) {
        /** Keeps its own copy of the shape. */
        public Entry {
            shape = shape.clone();
        }

        @Override
        public long[] shape() {
            return shape.clone();
        }

        /** How many elements the tensor has. */
        public long elements() {
            return data.byteSize() / dtype.byteSize();
        }

        /**
         * Lets the operating system take back the memory that reading the data filled: after a copy was made, so that the
         * process does not hold both. What is read once more comes from the file again. Must not be called after the data
         * was written to, of which nothing would remain.
         */
        public void letGo() {
            if (data.isMapped()) {
                data.unload();
            }
        }

        @Override
        public String toString() {
            return name + " " + dtype.safetensorsName() + Arrays.toString(shape);
        }
    }
}
