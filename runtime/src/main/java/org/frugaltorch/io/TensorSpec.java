package org.frugaltorch.io;

import java.util.Arrays;
import org.frugaltorch.tensor.DType;

/**
 * What a file says of a tensor before its bytes.
 *
 * @param shape sizes of the dimensions; empty for a scalar
 */
public record TensorSpec(String name, DType dtype, long... shape) {
    /** @throws IllegalArgumentException if a dimension is negative or the size overflows */
    public TensorSpec {
        shape = shape.clone();
        if (Arrays.stream(shape).anyMatch(size -> size < 0) || SafetensorsHeader.byteSize(dtype, shape) < 0) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "': the shape " + Arrays.toString(shape) + " is negative or too large");
        }
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** Bytes of its data. */
    public long byteSize() {
        return SafetensorsHeader.byteSize(dtype, shape);
    }
}
