package org.frugaltorch.finetune.conversion;

/**
 * What quantisation cost one matrix.
 *
 * @param layer full name of its layer
 * @param rows of the matrix
 * @param columns of the matrix
 * @param squares sum of its squared numbers
 * @param errorSquares sum of the squared differences to the restored matrix
 * @param largestError largest difference
 */
public record MatrixError(
        String layer, long rows, long columns, double squares, double errorSquares, double largestError) {

    /** Norm of the differences over norm of the matrix. */
    public double relativeError() {
        return relativeError(errorSquares, squares);
    }

    static double relativeError(double errorSquares, double squares) {
        return squares == 0 ? 0 : Math.sqrt(errorSquares / squares);
    }
}
