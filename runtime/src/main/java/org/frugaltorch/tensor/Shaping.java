package org.frugaltorch.tensor;

import org.frugaltorch.bindings.NativeStatus;
import org.frugaltorch.bindings.generated.Libtorch;

/** Views, copies and conversions. Views share memory with the tensor they come from. */
public sealed interface Shaping permits Tensor {
    /** The tensor these operators work on. */
    Tensor self();

    /** A view with another shape; -1 for one dimension that follows from the others. */
    default Tensor view(long... shape) {
        return Operators.VIEW.call().tensor(self()).integers(shape).tensorResult();
    }

    /** A view of the same bytes as elements of another type of that size. */
    default Tensor viewAs(DType type) {
        return Operators.VIEW_DTYPE.call().tensor(self()).dtype(type).tensorResult();
    }

    /** A view with another shape where possible, else a copy. */
    default Tensor reshape(long... shape) {
        return Operators.RESHAPE.call().tensor(self()).integers(shape).tensorResult();
    }

    /** A view with two dimensions exchanged. */
    default Tensor transpose(int first, int second) {
        return Operators.TRANSPOSE.call().tensor(self()).integer(first).integer(second).tensorResult();
    }

    /** A view with dimensions in another order. */
    default Tensor permute(long... dimensions) {
        return Operators.PERMUTE.call().tensor(self()).integers(dimensions).tensorResult();
    }

    /** A view with a new dimension of length 1. */
    default Tensor unsqueeze(int dimension) {
        return Operators.UNSQUEEZE.call().tensor(self()).integer(dimension).tensorResult();
    }

    /** A view without a dimension of length 1. */
    default Tensor squeeze(int dimension) {
        return Operators.SQUEEZE.call().tensor(self()).integer(dimension).tensorResult();
    }

    /** A view in which dimensions of length 1 are repeated without memory; -1 keeps a length. */
    default Tensor expand(long... shape) {
        return Operators.EXPAND.call().tensor(self()).integers(shape).flag(false).tensorResult();
    }

    /** Itself when row-major without gaps, else such a copy. */
    default Tensor contiguous() {
        return Operators.CONTIGUOUS.call().tensor(self()).integer(0).tensorResult();
    }

    /** Elements start .. start + length - 1 of a dimension, as a view. */
    default Tensor narrow(int dimension, long start, long length) {
        ThreadContext context = ThreadContext.current();
        int status = Libtorch.aoti_torch_aten_narrow(self().handle(), dimension, start, length, context.cell);
        NativeStatus.check(status, "aten::narrow");
        return context.result();
    }

    /** One index of a dimension, which falls away, as a view. */
    default Tensor select(int dimension, long index) {
        return Operators.SELECT.call().tensor(self()).integer(dimension).integer(index).tensorResult();
    }

    /** Views of the given lengths along a dimension. */
    default Tensor[] split(int dimension, long... lengths) {
        return Operators.SPLIT_SIZES.call().tensor(self()).integers(lengths).integer(dimension).tensorListResult();
    }

    /** The same elements outside the graph: a constant to the backward pass. Shares memory. */
    default Tensor detach() {
        return Operators.DETACH.call().tensor(self()).tensorResult();
    }

    /** A copy, inside the graph. */
    default Tensor copy() {
        return Operators.CLONE.call().tensor(self()).none().tensorResult();
    }

    /** Itself when of that type, else a converted copy. */
    default Tensor to(DType type) {
        return Operators.TO_DTYPE.call().tensor(self()).dtype(type).flag(false).flag(false).none().tensorResult();
    }

    /** Itself when there already, else a copy on the device. */
    default Tensor to(Device device) {
        DType type = self().dtype();
        return Operators.TO_DEVICE.call().tensor(self()).device(device).dtype(type).flag(false).flag(false).none()
                .tensorResult();
    }
}
