package org.frugaltorch.tensor;

/** Elements by index tensors (int64) and masks. */
public sealed interface Indexing permits Tensor {
    /** The tensor these operators work on. */
    Tensor self();

    /** Slices of a dimension by a vector of indices. */
    default Tensor indexSelect(int dimension, Tensor indices) {
        return Operators.INDEX_SELECT.call().tensor(self()).integer(dimension).tensor(indices).tensorResult();
    }

    /** Elements along a dimension, one for each entry of {@code indices}, whose shape the result has. */
    default Tensor gather(int dimension, Tensor indices) {
        return Operators.GATHER.call().tensor(self()).integer(dimension).tensor(indices).flag(false).tensorResult();
    }

    /** A copy in which {@code source} was written to the places that {@code indices} name along a dimension. */
    default Tensor scatter(int dimension, Tensor indices, Tensor source) {
        return Operators.SCATTER.call().tensor(self()).integer(dimension).tensor(indices).tensor(source).tensorResult();
    }

    /** Adds {@code source} at the places that {@code indices} name along a dimension, in place; returns self. */
    default Tensor scatterAddInPlace(int dimension, Tensor indices, Tensor source) {
        Operators.SCATTER_ADD_IN_PLACE.call().tensor(self()).integer(dimension).tensor(indices).tensor(source)
                .inPlaceResult();
        return self();
    }

    /** Elements where {@code mask} holds, as a vector. */
    default Tensor maskedSelect(Tensor mask) {
        return Operators.MASKED_SELECT.call().tensor(self()).tensor(mask).tensorResult();
    }

    /** Lower triangle of the last two dimensions, the rest zero. */
    default Tensor tril(int diagonal) {
        return Operators.TRIL.call().tensor(self()).integer(diagonal).tensorResult();
    }

    /** Upper triangle of the last two dimensions, the rest zero. */
    default Tensor triu(int diagonal) {
        return Operators.TRIU.call().tensor(self()).integer(diagonal).tensorResult();
    }
}
