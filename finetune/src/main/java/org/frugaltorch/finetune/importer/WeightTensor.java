package org.frugaltorch.finetune.importer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.tensor.DType;

/**
 * A float32 tensor of a foreign file, to be renamed and perhaps transposed.
 *
 * @param shape sizes of the dimensions
 * @param data  little-endian elements in row-major order, any alignment
 */
record WeightTensor(String name, long[] shape, MemorySegment data) {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int TILE = 32;

    /** This tensor for a safetensors file, under {@code newName}. */
    SafetensorsWriter.Tensor as(String newName) {
        return SafetensorsWriter.Tensor.of(newName, DType.FLOAT32, shape, () -> data);
    }

    /** The transpose of this matrix under {@code newName}: [in, out] becomes [out, in]. */
    SafetensorsWriter.Tensor transposedAs(String newName) {
        if (shape.length != 2) {
            throw new IllegalArgumentException("only a matrix can be transposed, not " + name);
        }
        return new SafetensorsWriter.Tensor(newName, DType.FLOAT32, new long[] {shape[1], shape[0]}, writer -> {
            try (Arena arena = Arena.ofConfined()) {
                writer.accept(transpose(arena));
            }
        });
    }

    /** Tile by tile, so that both the rows read and the rows written stay in the cache. */
    private MemorySegment transpose(Arena arena) {
        long rows = shape[0];
        long columns = shape[1];
        MemorySegment result = arena.allocate(data.byteSize(), Float.BYTES);
        for (long top = 0; top < rows; top += TILE) {
            for (long left = 0; left < columns; left += TILE) {
                for (long row = top; row < Math.min(top + TILE, rows); row++) {
                    for (long column = left; column < Math.min(left + TILE, columns); column++) {
                        float value = data.get(FLOAT, (row * columns + column) * Float.BYTES);
                        result.set(FLOAT, (column * rows + row) * Float.BYTES, value);
                    }
                }
            }
        }
        return result;
    }
}
