package org.frugaltorch.tensor;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.frugaltorch.bindings.HugePages;
import org.frugaltorch.bindings.LibtorchFeature;
import org.frugaltorch.bindings.NativeStatus;
import org.frugaltorch.bindings.generated.Libtorch;

/** New tensors: from values, from foreign memory, constant, random, and joined from others. */
public final class Tensors {
    private static final int STRIDED = 0;

    private Tensors() {}

    // ---- from Java --------------------------------------------------------------------------------------------------

    /** A copy of {@code values} as float32 with that shape; a vector when no shape is given. */
    public static Tensor of(float[] values, long... shape) {
        return copyOf(MemorySegment.ofArray(values), DType.FLOAT32, values.length, shape);
    }

    /** A copy of {@code values} as float64. */
    public static Tensor of(double[] values, long... shape) {
        return copyOf(MemorySegment.ofArray(values), DType.FLOAT64, values.length, shape);
    }

    /** A copy of {@code values} as int64. */
    public static Tensor of(long[] values, long... shape) {
        return copyOf(MemorySegment.ofArray(values), DType.INT64, values.length, shape);
    }

    /** A copy of {@code values} as int32. */
    public static Tensor of(int[] values, long... shape) {
        return copyOf(MemorySegment.ofArray(values), DType.INT32, values.length, shape);
    }

    /** A copy of {@code values} as uint8. */
    public static Tensor of(byte[] values, long... shape) {
        return copyOf(MemorySegment.ofArray(values), DType.UINT8, values.length, shape);
    }

    /** A copy of {@code values} as bool. */
    public static Tensor of(boolean[] values, long... shape) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (values[i] ? 1 : 0);
        }
        return copyOf(MemorySegment.ofArray(bytes), DType.BOOL, bytes.length, shape);
    }

    /** A zero-dimensional float32 tensor. */
    public static Tensor scalar(double value) {
        return full(value, DType.FLOAT32, Device.CPU);
    }

    /** A copy of raw memory as a tensor of any type on the CPU. */
    public static Tensor copyOf(MemorySegment memory, DType type, long... shape) {
        Tensor result = empty(type, Device.CPU, shape);
        return result.copyFrom(memory);
    }

    /**
     * A tensor over native memory that Java owns, without a copy, such as a mapped file. The memory must stay alive
     * while any tensor refers to it, views and what autograd saved included; {@code owner} is kept reachable that long.
     *
     * @throws IllegalArgumentException when the segment is on the heap or too small for the shape
     */
    public static Tensor wrap(MemorySegment memory, DType type, Object owner, long... shape) {
        long bytes = Math.multiplyExact(count(shape), (long) type.byteSize());
        if (!memory.isNative() || memory.byteSize() < bytes) {
            throw new IllegalArgumentException("A tensor of " + bytes + " bytes needs native memory of that size, got "
                    + memory.byteSize() + (memory.isNative() ? " bytes" : " bytes on the Java heap"));
        }
        ThreadContext context = ThreadContext.current();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sizes = arena.allocateFrom(JAVA_LONG, shape);
            MemorySegment strides = arena.allocateFrom(JAVA_LONG, contiguousStrides(shape));
            int status = LibtorchFeature.FROM_BLOB_DELETER.isAvailable()
                    ? Libtorch.torch_from_blob(memory, shape.length, sizes, strides, 0, type.code(), Device.CPU_TYPE, -1,
                            context.cell, STRIDED, MemorySegment.NULL, 0, BlobOwners.deleter(), BlobOwners.keep(owner))
                    : Libtorch.aoti_torch_create_tensor_from_blob(memory, shape.length, sizes, strides, 0, type.code(),
                            Device.CPU_TYPE, -1, BlobOwners.keepForGood(owner, context.cell));
            NativeStatus.check(status, "tensor over foreign memory");
        }
        return context.result();
    }

    // ---- constant and random ------------------------------------------------------------------------------------------

    /** A tensor whose elements are not set; a large one is made of huge pages where the system grants those. */
    public static Tensor empty(DType type, Device device, long... shape) {
        ThreadContext context = ThreadContext.current();
        try (Arena arena = Arena.ofConfined()) {
            int status = Libtorch.aoti_torch_empty_strided(
                    shape.length,
                    arena.allocateFrom(JAVA_LONG, shape),
                    arena.allocateFrom(JAVA_LONG, contiguousStrides(shape)),
                    type.code(), device.type(), device.index(), context.cell);
            NativeStatus.check(status, "aten::empty_strided");
        }
        Tensor result = context.result();
        long bytes = count(shape) * type.byteSize();
        if (HugePages.areWorthIt(bytes) && device.isCpu()) {
            HugePages.ask(result.dataAddress(), bytes);
        }
        return result;
    }

    /** A tensor full of one value; without a shape, zero-dimensional. */
    public static Tensor full(double value, DType type, Device device, long... shape) {
        return empty(type, device, shape).fillInPlace(value);
    }

    /** A float32 tensor of zeros on the CPU. */
    public static Tensor zeros(long... shape) {
        return zeros(DType.FLOAT32, Device.CPU, shape);
    }

    /** A tensor of zeros. */
    public static Tensor zeros(DType type, Device device, long... shape) {
        return empty(type, device, shape).fillInPlace(0);
    }

    /** A float32 tensor of ones on the CPU. */
    public static Tensor ones(long... shape) {
        return create(Operators.ONES, DType.FLOAT32, Device.CPU, shape);
    }

    /** Zeros with the shape, type and device of {@code other}. */
    public static Tensor zerosLike(Tensor other) {
        return Operators.ZEROS_LIKE.call().tensor(other).none().none().none().none().none().tensorResult();
    }

    /** Unset elements with the shape, type and device of {@code other}. */
    public static Tensor emptyLike(Tensor other) {
        return Operators.EMPTY_LIKE.call().tensor(other).none().none().none().none().none().tensorResult();
    }

    /** float32 numbers from [0, 1) on the CPU. */
    public static Tensor rand(long... shape) {
        return create(Operators.RAND, DType.FLOAT32, Device.CPU, shape);
    }

    /** float32 numbers from the standard normal distribution on the CPU. */
    public static Tensor randn(long... shape) {
        return create(Operators.RANDN, DType.FLOAT32, Device.CPU, shape);
    }

    /** The int64 numbers 0 .. count - 1. */
    public static Tensor range(long count) {
        long[] values = new long[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return of(values);
    }

    // ---- joined ---------------------------------------------------------------------------------------------------------

    /** Tensors one after another along a dimension. */
    public static Tensor cat(int dimension, Tensor... tensors) {
        return Operators.CAT.call().tensors(List.of(tensors)).integer(dimension).tensorResult();
    }

    /** Tensors of one shape along a new dimension. */
    public static Tensor stack(int dimension, Tensor... tensors) {
        return Operators.STACK.call().tensors(List.of(tensors)).integer(dimension).tensorResult();
    }

    // ---- helpers ----------------------------------------------------------------------------------------------------------

    /**
     * A number to compute with {@code like}, whose element type the result will have. Zero-dimensional operands decide
     * the result's type only among themselves, so the type matters only for those.
     *
     * @throws IllegalArgumentException when {@code like} holds whole numbers and {@code value} is none
     */
    static Tensor numberFor(Tensor like, double value) {
        DType type = like.dtype();
        if (type.isWhole()) {
            if (value != Math.rint(value) || type == DType.BOOL && value != 0 && value != 1) {
                throw new IllegalArgumentException("A tensor of type " + type.torchName() + " cannot take the number "
                        + value + ": convert it first, for example with to(DType.FLOAT32)");
            }
            return full(value, type, Device.CPU);
        }
        if (like.rank() == 0) {
            return full(value, type, Device.CPU);
        }
        ThreadContext context = ThreadContext.current();
        NativeStatus.check(Libtorch.aoti_torch_scalar_to_tensor_float64(value, context.cell), "scalar");
        return context.result();
    }

    private static Tensor create(Operator operator, DType type, Device device, long... shape) {
        return operator.call().integers(shape).optionalDtype(type).none().optionalDevice(device).none().tensorResult();
    }

    private static Tensor copyOf(MemorySegment values, DType type, int length, long[] shape) {
        long[] actual = shape.length == 0 ? new long[] {length} : shape;
        if (count(actual) != length) {
            throw new IllegalArgumentException(length + " values do not fill a tensor of shape "
                    + java.util.Arrays.toString(actual));
        }
        return copyOf(values, type, actual);
    }

    private static long count(long[] shape) {
        long count = 1;
        for (long length : shape) {
            count = Math.multiplyExact(count, length);
        }
        return count;
    }

    private static long[] contiguousStrides(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= Math.max(shape[i], 1);
        }
        return strides;
    }
}
