package org.frugaltorch.tensor;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.frugaltorch.bindings.NativeStatus;
import org.frugaltorch.bindings.generated.Libtorch;
import org.frugaltorch.bindings.generated.LibtorchInternal;

/**
 * Kernels of the CPU that may be called past libtorch's dispatcher, which for small tensors costs more than the
 * arithmetic; and the constants that turn sums and products with a number into one such call.
 */
final class DirectKernels {
    private static final int STRIDED = 0;
    private static final int MOST_TYPES = 64;
    private static final long[] ONES = new long[MOST_TYPES];
    private static final long[] NEGATIVE_ZEROS = new long[MOST_TYPES];

    private DirectKernels() {}

    /** Whether the dispatcher would do nothing for these two but call the kernel: nothing is to be recorded either. */
    static boolean serve(Tensor a, Tensor b) {
        return a.isPlain() && b.isPlain() && !((a.requiresGrad() || b.requiresGrad()) && isRecording());
    }

    /** The same for one tensor and a number. */
    static boolean serve(Tensor a) {
        return a.isPlain() && !(a.requiresGrad() && isRecording());
    }

    private static boolean isRecording() {
        return Libtorch.aoti_torch_grad_mode_is_enabled() != 0;
    }

    /** Whether it holds floating-point numbers in the CPU's memory with strides, and is nothing that kernels do not see. */
    static boolean isPlain(Tensor tensor) {
        return tensor.device().isCpu()
                && tensor.dtype().isFloatingPoint()
                && tensor.layout() == STRIDED
                && LibtorchInternal.Tensor_isNegated(tensor.handle()) == 0
                && LibtorchInternal.Tensor_isZeroWithoutMemory(tensor.handle()) == 0;
    }

    /** Borrowed handle of a zero-dimensional 1: {@code x + v = x + v * one}. */
    static long one(DType type) {
        long known = ONES[type.code()];
        return known != 0 ? known : make(ONES, type, 1);
    }

    /** Borrowed handle of a zero-dimensional -0.0, the neutral element of addition: {@code v * x = -0.0 + v * x}. */
    static long negativeZero(DType type) {
        long known = NEGATIVE_ZEROS[type.code()];
        return known != 0 ? known : make(NEGATIVE_ZEROS, type, -0.0);
    }

    /** Made on memory of ours, so that no ledger that happens to be open counts it. */
    private static synchronized long make(long[] constants, DType type, double value) {
        if (constants[type.code()] == 0) {
            MemorySegment cell = ThreadContext.current().cell;
            NativeStatus.check(Libtorch.aoti_torch_create_tensor_from_blob(
                    Arena.global().allocate(JAVA_LONG), 0, MemorySegment.NULL, MemorySegment.NULL, 0,
                    type.code(), Device.CPU_TYPE, Device.CPU.index(), cell), "constant");
            long handle = cell.get(JAVA_LONG, 0);
            NativeStatus.check(Libtorch.aoti_torch_aten_fill__Scalar(handle, value), "constant");
            constants[type.code()] = handle;
        }
        return constants[type.code()];
    }
}
