package org.frugaltorch.tensor;

import java.util.List;
import org.frugaltorch.bindings.NativeStatus;
import org.frugaltorch.bindings.generated.Libtorch;

/** Ways to {@code a + factor * b}; libtorch's C ABI has no call that serves all. */
final class Sums {
    private static final Operator RESULT_TYPE = Operator.of("aten::result_type", "Tensor");
    private static final Operator BROADCAST = Operator.of("aten::broadcast_tensors");

    private Sums() {}

    static Tensor of(Tensor a, Tensor b, double factor) {
        if (DirectKernels.serve(a, b)) {
            ThreadContext context = ThreadContext.current();
            int status = Libtorch.aoti_torch_cpu_add_Tensor(a.handle(), b.handle(), factor, context.cell);
            NativeStatus.check(status, "aten::add");
            return context.result();
        }
        DType typeOfA = a.dtype();
        DType typeOfB = b.dtype();
        if (typeOfA.isWhole() && typeOfB.isWhole()) {
            return wholeNumbers(a, b, factor);
        }
        if (typeOfA == DType.BOOL || typeOfB == DType.BOOL) {
            return withMask(a, b, factor);
        }
        // The gradient passes through to the first operand and is computed for the second: better none is wanted there.
        return factor == 1 && b.requiresGrad() && !a.requiresGrad()
                ? differentiable(b.handle(), a.handle(), factor)
                : differentiable(a.handle(), b.handle(), factor);
    }

    /** {@code a + value} for floating-point numbers. */
    static Tensor of(Tensor a, double value) {
        long one = DirectKernels.one(a.dtype());
        if (DirectKernels.serve(a)) {
            ThreadContext context = ThreadContext.current();
            NativeStatus.check(Libtorch.aoti_torch_cpu_add_Tensor(a.handle(), one, value, context.cell), "aten::add");
            return context.result();
        }
        return differentiable(a.handle(), one, value);
    }

    /** {@code value * a} in one call, or null where that is not possible. */
    static Tensor scaledOrNull(Tensor a, double value) {
        DType type = a.dtype();
        // The factor of a sum is rounded to the type first, which a product with a number does not do to smaller types.
        if (type != DType.FLOAT32 && type != DType.FLOAT64 || !DirectKernels.serve(a)) {
            return null;
        }
        ThreadContext context = ThreadContext.current();
        long zero = DirectKernels.negativeZero(type);
        NativeStatus.check(Libtorch.aoti_torch_cpu_add_Tensor(zero, a.handle(), value, context.cell), "aten::mul");
        return context.result();
    }

    /** There is subtraction with a factor and no addition: a - (-f)b is the same, bit for bit. */
    private static Tensor differentiable(long a, long b, double factor) {
        ThreadContext context = ThreadContext.current();
        NativeStatus.check(Libtorch.aoti_torch_aten_subtract_Tensor(a, b, -factor, context.cell), "aten::add");
        return context.result();
    }

    /** libtorch does not subtract masks. */
    private static Tensor withMask(Tensor a, Tensor b, double factor) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor first = a.dtype() == DType.BOOL ? a.to(b.dtype()) : a;
            Tensor second = b.dtype() == DType.BOOL ? b.to(a.dtype()) : b;
            return scope.promote(of(first, second, factor));
        }
    }

    /** The factor of the calls above is a floating-point number, which libtorch refuses for whole ones: add by reduction. */
    private static Tensor wholeNumbers(Tensor a, Tensor b, double factor) {
        if (factor != Math.rint(factor)) {
            throw new IllegalArgumentException("Whole numbers cannot be added with the factor " + factor
                    + ": convert them first, for example with to(DType.FLOAT32)");
        }
        try (TensorScope scope = TensorScope.open()) {
            DType type = DType.ofCode((int) RESULT_TYPE.call().tensor(a).tensor(b).integerResult());
            Tensor scaled = factor == 1 ? b : factor == -1 ? b.neg() : b.mul(Tensors.full(factor, type, b.device()));
            Device device = a.device().isCpu() ? b.device() : a.device(); // a number may be on the CPU alone
            List<Tensor> operands = List.of(a.to(type).to(device), scaled.to(type).to(device));
            Tensor terms = Tensors.stack(0, BROADCAST.call().tensors(operands).tensorListResult());
            return scope.promote(Operators.SUM_DIMENSIONS.call().tensor(terms).optionalIntegers(0)
                    .flag(false).optionalDtype(type).tensorResult());
        }
    }
}
