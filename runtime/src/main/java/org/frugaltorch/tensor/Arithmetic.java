package org.frugaltorch.tensor;

import org.frugaltorch.bindings.NativeStatus;
import org.frugaltorch.bindings.generated.Libtorch;

/** Element-wise arithmetic and matrix products. Shapes broadcast as in PyTorch; all of it is differentiable. */
public sealed interface Arithmetic permits Tensor {
    /** The tensor these operators work on. */
    Tensor self();

    /** {@code self + other}. */
    default Tensor add(Tensor other) {
        return Sums.of(self(), other, 1);
    }

    /** {@code self + factor * other}. */
    default Tensor add(Tensor other, double factor) {
        return Sums.of(self(), other, factor);
    }

    /** {@code self - other}. */
    default Tensor sub(Tensor other) {
        return Sums.of(self(), other, -1);
    }

    /** {@code self * other}. */
    default Tensor mul(Tensor other) {
        if (DirectKernels.serve(self(), other)) {
            ThreadContext context = ThreadContext.current();
            NativeStatus.check(
                    Libtorch.aoti_torch_cpu_mul_Tensor(self().handle(), other.handle(), context.cell), "aten::mul");
            return context.result();
        }
        return Operators.MUL.call().tensor(self()).tensor(other).tensorResult();
    }

    /** {@code self / other}. */
    default Tensor div(Tensor other) {
        return Operators.DIV.call().tensor(self()).tensor(other).tensorResult();
    }

    /** {@code self + value}; the element type stays. */
    default Tensor add(double value) {
        if (self().dtype().isFloatingPoint()) {
            return Sums.of(self(), value);
        }
        try (Tensor number = Tensors.numberFor(self(), value)) {
            return add(number);
        }
    }

    /** {@code self - value}; the element type stays. */
    default Tensor sub(double value) {
        return add(-value);
    }

    /** {@code self * value}; the element type stays. */
    default Tensor mul(double value) {
        Tensor scaled = Sums.scaledOrNull(self(), value);
        if (scaled != null) {
            return scaled;
        }
        try (Tensor number = Tensors.numberFor(self(), value)) {
            return mul(number);
        }
    }

    /** {@code self / value}; floating-point types stay, whole numbers become float32. */
    default Tensor div(double value) {
        boolean whole = self().dtype().isWhole();
        try (Tensor number = whole ? Tensors.scalar(value) : Tensors.numberFor(self(), value)) {
            return div(number);
        }
    }

    /** {@code self} to the power {@code exponent}, element by element. */
    default Tensor pow(double exponent) {
        try (Tensor number = Tensors.numberFor(self(), exponent)) {
            return Operators.POW.call().tensor(self()).tensor(number).tensorResult();
        }
    }

    /** Larger of two elements. */
    default Tensor maximum(Tensor other) {
        return Operators.MAXIMUM.call().tensor(self()).tensor(other).tensorResult();
    }

    /** Smaller of two elements. */
    default Tensor minimum(Tensor other) {
        return Operators.MINIMUM.call().tensor(self()).tensor(other).tensorResult();
    }

    /** Matrix product over the last two dimensions, batched over those before: [.., m, k] x [.., k, n] = [.., m, n]. */
    default Tensor matmul(Tensor other) {
        return Operators.MATMUL.call().tensor(self()).tensor(other).tensorResult();
    }

    /** {@code -self}. */
    default Tensor neg() {
        return Operators.NEG.call().tensor(self()).tensorResult();
    }

    /** Absolute value. */
    default Tensor abs() {
        return Operators.ABS.call().tensor(self()).tensorResult();
    }

    /** e to the power of each element. */
    default Tensor exp() {
        return Operators.EXP.call().tensor(self()).tensorResult();
    }

    /** Natural logarithm. */
    default Tensor log() {
        return Operators.LOG.call().tensor(self()).tensorResult();
    }

    /** Square root. */
    default Tensor sqrt() {
        return Operators.SQRT.call().tensor(self()).tensorResult();
    }

    /** One over the square root. */
    default Tensor rsqrt() {
        return Operators.RSQRT.call().tensor(self()).tensorResult();
    }

    /** Sine. */
    default Tensor sin() {
        return Operators.SIN.call().tensor(self()).tensorResult();
    }

    /** Cosine. */
    default Tensor cos() {
        return Operators.COS.call().tensor(self()).tensorResult();
    }

    /** Hyperbolic tangent. */
    default Tensor tanh() {
        return Operators.TANH.call().tensor(self()).tensorResult();
    }

    /** Logistic function. */
    default Tensor sigmoid() {
        return Operators.SIGMOID.call().tensor(self()).tensorResult();
    }

    /** Multiplies in place; returns self. */
    default Tensor mulInPlace(Tensor other) {
        Operators.MUL_IN_PLACE.call().tensor(self()).tensor(other).inPlaceResult();
        return self();
    }

    /** Multiplies in place; returns self. */
    default Tensor mulInPlace(double value) {
        try (Tensor number = Tensors.numberFor(self(), value)) {
            return mulInPlace(number);
        }
    }

    /**
     * Adds the product of two matrices in place, without room for the product; returns self. Not recorded: only where no
     * gradient is wanted.
     *
     * @param first [m, k]
     * @param second [k, n]; self is [m, n], and all three are of one type
     */
    default Tensor addProductInPlace(Tensor first, Tensor second) {
        return productInPlace(first, second, 1);
    }

    /**
     * Becomes the product of two matrices, whatever it was; returns self. Not recorded either.
     *
     * @param first [m, k]
     * @param second [k, n]; self is [m, n], and all three are of one type
     */
    default Tensor productInPlace(Tensor first, Tensor second) {
        return productInPlace(first, second, 0);
    }

    private Tensor productInPlace(Tensor first, Tensor second, float factorOfSelf) {
        long self = self().handle();
        NativeStatus.check(
                Libtorch.aoti_torch_addmm_out(self, self, first.handle(), second.handle(), factorOfSelf, 1), "aten::addmm");
        return self();
    }

    /** Largest whole number that is not above each element, in place; returns self. */
    default Tensor floorInPlace() {
        Operators.FLOOR_IN_PLACE.call().tensor(self()).inPlaceResult();
        return self();
    }

    /** Nearest whole number, the even one of two that are as near, in place; returns self. */
    default Tensor roundInPlace() {
        Operators.ROUND_IN_PLACE.call().tensor(self()).inPlaceResult();
        return self();
    }

    /** e to the power of each element, in place; returns self. */
    default Tensor expInPlace() {
        Operators.EXP_IN_PLACE.call().tensor(self()).inPlaceResult();
        return self();
    }

    /** Copies the elements of {@code source}, converting and broadcasting; returns self. */
    default Tensor copyInPlace(Tensor source) {
        Operators.COPY_IN_PLACE.call().tensor(self()).tensor(source).flag(false).inPlaceResult();
        return self();
    }

    /** Sets every element; returns self. */
    default Tensor fillInPlace(double value) {
        NativeStatus.check(Libtorch.aoti_torch_aten_fill__Scalar(self().handle(), value), "aten::fill_");
        return self();
    }

    /** Draws every element from a normal distribution; returns self. */
    default Tensor normalInPlace(double mean, double standardDeviation) {
        RepeatableDraws.check(self());
        Operators.NORMAL_IN_PLACE.call().tensor(self()).number(mean).number(standardDeviation).none().inPlaceResult();
        return self();
    }

    /** Draws every element uniformly from [low, high); returns self. */
    default Tensor uniformInPlace(double low, double high) {
        RepeatableDraws.check(self());
        Operators.UNIFORM_IN_PLACE.call().tensor(self()).number(low).number(high).none().inPlaceResult();
        return self();
    }
}
