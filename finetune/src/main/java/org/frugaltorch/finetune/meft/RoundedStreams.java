package org.frugaltorch.finetune.meft;

import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Streams of floating-point numbers, as the method's paper has them. Each inverse divides what was rounded by the factor,
 * so errors grow by a power of {@code 1 / factor}.
 *
 * @param type of the streams
 */
record RoundedStreams(DType type) implements StreamArithmetic {
    @Override
    public Tensor enter(Tensor states) {
        try (TensorScope scope = TensorScope.open()) {
            return scope.promote(states.detach().to(type));
        }
    }

    @Override
    public Tensor leave(Tensor stream, DType to) {
        return stream.dtype() == to ? stream.detach() : stream.to(to);
    }

    @Override
    public Tensor couple(Tensor stream, Tensor addition, Factor factor, Tape tape) {
        try (TensorScope scope = TensorScope.open()) {
            return scope.promote(stream.mul(factor.value()).add(addition.to(type)));
        }
    }

    @Override
    public Tensor uncouple(Tensor stream, Tensor addition, Factor factor, Tape tape) {
        try (TensorScope scope = TensorScope.open()) {
            return scope.promote(stream.sub(addition.to(type)).div(factor.value()));
        }
    }

    @Override
    public boolean isExact() {
        return false;
    }
}
