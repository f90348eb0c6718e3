package org.frugaltorch.tensor;

/** Sums, means, extremes and norms. Negative dimensions count from the end. */
public sealed interface Reduction permits Tensor {
    /** Name of the Frobenius norm. */
    NativeText FROBENIUS = NativeText.of("fro");

    /** The tensor these operators work on. */
    Tensor self();

    /** Sum of all elements, zero-dimensional. */
    default Tensor sum() {
        return Operators.SUM.call().tensor(self()).none().tensorResult();
    }

    /** Sum over one dimension. */
    default Tensor sum(int dimension, boolean keepDimension) {
        return Operators.SUM_DIMENSIONS.call().tensor(self()).optionalIntegers(dimension).flag(keepDimension).none()
                .tensorResult();
    }

    /** Mean of all elements, zero-dimensional. */
    default Tensor mean() {
        return Operators.MEAN.call().tensor(self()).none().tensorResult();
    }

    /** Mean over one dimension. */
    default Tensor mean(int dimension, boolean keepDimension) {
        return Operators.MEAN_DIMENSIONS.call().tensor(self()).optionalIntegers(dimension).flag(keepDimension).none()
                .tensorResult();
    }

    /** Largest element along one dimension. */
    default Tensor amax(int dimension, boolean keepDimension) {
        return Operators.AMAX.call().tensor(self()).integers(dimension).flag(keepDimension).tensorResult();
    }

    /** Largest of all elements, zero-dimensional. */
    default Tensor amax() {
        return Operators.AMAX.call().tensor(self()).integers().flag(false).tensorResult();
    }

    /** Smallest of all elements, zero-dimensional. */
    default Tensor amin() {
        return Operators.AMIN.call().tensor(self()).integers().flag(false).tensorResult();
    }

    /** Smallest and largest of all elements, both zero-dimensional, read once. */
    default Tensor[] aminmax() {
        return Operators.AMINMAX.call().tensor(self()).none().flag(false).tensorResults(2);
    }

    /** Index of the largest element along one dimension. */
    default Tensor argmax(int dimension) {
        return Operators.ARGMAX.call().tensor(self()).optionalInteger(dimension).flag(false).tensorResult();
    }

    /** Square root of the sum of squares of all elements, zero-dimensional. */
    default Tensor norm() {
        // The vector norm's schema has a Scalar; the Frobenius norm of one row is the same sum.
        Tensor row = self().reshape(1, -1);
        return Operators.MATRIX_NORM.call().tensor(row).string(FROBENIUS).integers(-2, -1).flag(false).none().tensorResult();
    }

    /** Running sum along one dimension. */
    default Tensor cumsum(int dimension) {
        return Operators.CUMSUM.call().tensor(self()).integer(dimension).none().tensorResult();
    }

    /** The {@code count} largest elements along one dimension, largest first: values and indices. */
    default Tensor[] topk(long count, int dimension) {
        return Operators.TOPK.call().tensor(self()).integer(count).integer(dimension).flag(true).flag(true)
                .tensorResults(2);
    }

    /** Elements in order along one dimension: values and indices. */
    default Tensor[] sort(int dimension, boolean descending) {
        return Operators.SORT.call().tensor(self()).integer(dimension).flag(descending).tensorResults(2);
    }
}
