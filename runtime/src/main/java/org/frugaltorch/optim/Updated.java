package org.frugaltorch.optim;

import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;

/**
 * A parameter with what its update needs, or a piece of all that; contiguous.
 *
 * @param parameter to be changed
 * @param gradient like it, as are both moments
 * @param firstMoment to be changed
 * @param secondMoment to be changed
 * @param steps float32 [], this one counted
 */
record Updated(Tensor parameter, Tensor gradient, Tensor firstMoment, Tensor secondMoment, Tensor steps) {
    Updated piece(long start, long length) {
        return new Updated(piece(parameter, start, length), piece(gradient, start, length),
                piece(firstMoment, start, length), piece(secondMoment, start, length), steps);
    }

    private static Tensor piece(Tensor tensor, long start, long length) {
        return tensor.detach().view(-1).narrow(0, start, length); // [length]
    }

    Updated to(DType type) {
        return new Updated(parameter.to(type), gradient.to(type), firstMoment.to(type), secondMoment.to(type), steps);
    }
}
