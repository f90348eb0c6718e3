package org.frugaltorch.tensor;

/** Comparisons, which give bool tensors, and choices by such masks. */
public sealed interface Comparison permits Tensor {
    /** The tensor these operators work on. */
    Tensor self();

    /** Whether elements are equal. */
    default Tensor eq(Tensor other) {
        return Operators.EQ.call().tensor(self()).tensor(other).tensorResult();
    }

    /** Whether elements differ. */
    default Tensor ne(Tensor other) {
        return Operators.NE.call().tensor(self()).tensor(other).tensorResult();
    }

    /** Whether elements are less than those of {@code other}. */
    default Tensor lt(Tensor other) {
        return Operators.LT.call().tensor(self()).tensor(other).tensorResult();
    }

    /** Whether elements are at most those of {@code other}. */
    default Tensor le(Tensor other) {
        return Operators.LE.call().tensor(self()).tensor(other).tensorResult();
    }

    /** Whether elements are greater than those of {@code other}. */
    default Tensor gt(Tensor other) {
        return Operators.GT.call().tensor(self()).tensor(other).tensorResult();
    }

    /** Whether elements are at least those of {@code other}. */
    default Tensor ge(Tensor other) {
        return Operators.GE.call().tensor(self()).tensor(other).tensorResult();
    }

    /** Whether elements equal {@code value}. */
    default Tensor eq(double value) {
        try (Tensor number = comparable(value)) {
            return eq(number);
        }
    }

    /** Whether elements differ from {@code value}. */
    default Tensor ne(double value) {
        try (Tensor number = comparable(value)) {
            return ne(number);
        }
    }

    /** Whether elements are less than {@code value}. */
    default Tensor lt(double value) {
        try (Tensor number = comparable(value)) {
            return lt(number);
        }
    }

    /** Whether elements are at most {@code value}. */
    default Tensor le(double value) {
        try (Tensor number = comparable(value)) {
            return le(number);
        }
    }

    /** Whether elements are greater than {@code value}. */
    default Tensor gt(double value) {
        try (Tensor number = comparable(value)) {
            return gt(number);
        }
    }

    /** Whether elements are at least {@code value}. */
    default Tensor ge(double value) {
        try (Tensor number = comparable(value)) {
            return ge(number);
        }
    }

    /** Smaller whole numbers are all exact as float64, and what they could be compared with need not be one of them. */
    private Tensor comparable(double value) {
        DType type = self().dtype();
        boolean asDouble = type.isWhole() && (type != DType.INT64 || value != Math.rint(value));
        return asDouble ? Tensors.full(value, DType.FLOAT64, Device.CPU) : Tensors.numberFor(self(), value);
    }

    /** Negation of a mask. */
    default Tensor not() {
        return Operators.LOGICAL_NOT.call().tensor(self()).tensorResult();
    }

    /** Both masks. */
    default Tensor and(Tensor other) {
        return Operators.LOGICAL_AND.call().tensor(self()).tensor(other).tensorResult();
    }

    /** Either mask. */
    default Tensor or(Tensor other) {
        return Operators.LOGICAL_OR.call().tensor(self()).tensor(other).tensorResult();
    }

    /** Whether elements are neither infinite nor NaN. */
    default Tensor isFinite() {
        return Operators.IS_FINITE.call().tensor(self()).tensorResult();
    }

    /** Whether every element of a mask is true, as a zero-dimensional tensor. */
    default Tensor all() {
        return Operators.ALL.call().tensor(self()).tensorResult();
    }

    /** Whether an element of a mask is true, as a zero-dimensional tensor. */
    default Tensor any() {
        return Operators.ANY.call().tensor(self()).tensorResult();
    }

    /** For this mask: elements of {@code whenTrue} where it holds, of {@code whenFalse} elsewhere. */
    default Tensor choose(Tensor whenTrue, Tensor whenFalse) {
        return Operators.WHERE.call().tensor(self()).tensor(whenTrue).tensor(whenFalse).tensorResult();
    }

    /** {@code value} where {@code mask} holds, own elements elsewhere. */
    default Tensor maskedFill(Tensor mask, double value) {
        try (Tensor number = Tensors.numberFor(self(), value)) {
            return Operators.MASKED_FILL.call().tensor(self()).tensor(mask).tensor(number).tensorResult();
        }
    }
}
