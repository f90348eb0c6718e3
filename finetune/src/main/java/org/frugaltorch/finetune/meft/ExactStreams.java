package org.frugaltorch.finetune.meft;

import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Streams of whole numbers, in units of {@code 2^-fraction}: sums of them are exact, and what a multiplication by a factor
 * below 1 rounds away goes on the tape as a digit from 0 to {@code ceil(1 / factor) - 1}. So the inverse gives back every
 * bit, whatever the factor and the number of layers, as long as the sub-networks compute the same again ("Reversible
 * recurrent neural networks", MacKay et al. 2018, keep the remainders of their products in the same spirit).
 *
 * <p>In between, numbers are computed with in float64, whose whole numbers are exact up to {@code 2^53}.
 *
 * @param storage of the streams: int32 or float64
 * @param fraction binary digits after the point
 * @param largest whole number that may occur in a stream
 */
record ExactStreams(DType storage, int fraction, double largest) implements StreamArithmetic {
    private static final double LARGEST_EXACT = 0x1p53;
    private static final double LARGEST_INT32 = 0x1p31 - 1;
    private static final int NARROW_FRACTION = 22;
    private static final int WIDE_FRACTION = 28;

    /** Steps of 2.4e-7 up to 512: enough for states that are normed in every block. */
    static ExactStreams narrow() {
        return new ExactStreams(DType.INT32, NARROW_FRACTION, LARGEST_INT32);
    }

    /** Steps of 3.7e-9 up to some million: for residual streams that grow. */
    static ExactStreams wide(Factor... factors) {
        double multiplier = 1;
        for (Factor factor : factors) {
            multiplier = Math.max(multiplier, Math.max(factor.numerator(), factor.denominator()));
        }
        return new ExactStreams(DType.FLOAT64, WIDE_FRACTION, LARGEST_EXACT / multiplier / 2);
    }

    @Override
    public Tensor enter(Tensor states) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor whole = whole(states.detach());
            requireRange(whole);
            return scope.promote(whole.to(storage));
        }
    }

    private Tensor whole(Tensor states) {
        return states.to(DType.FLOAT64).mul(Math.scalb(1.0, fraction)).roundInPlace();
    }

    @Override
    public Tensor leave(Tensor stream, DType type) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor wide = stream.to(type == DType.FLOAT64 ? type : DType.FLOAT32);
            return scope.promote(wide.mul(Math.scalb(1.0, -fraction)).to(type));
        }
    }

    @Override
    public Tensor couple(Tensor stream, Tensor addition, Factor factor, Tape tape) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor sum = scaled(stream.to(DType.FLOAT64), factor, tape).add(whole(addition));
            requireRange(sum);
            return scope.promote(sum.to(storage));
        }
    }

    /** {@code floor((stream * n + offset) / d)}, the remainder's digit on the tape. */
    private Tensor scaled(Tensor stream, Factor factor, Tape tape) {
        if (factor.isOne()) {
            return stream;
        }
        try (TensorScope scope = TensorScope.open()) {
            Tensor multiple = factor.numerator() == 1 ? stream : stream.mul(factor.numerator());
            Tensor dividend = multiple.add(offset(factor));
            Tensor quotient = divided(dividend, factor.denominator()).floorInPlace();
            if (tape.isRecording() && factor.states() > 1) {
                Tensor remainder = dividend.add(quotient, -factor.denominator());
                Tensor digits = factor.numerator() == 1
                        ? remainder : divided(remainder, factor.numerator()).floorInPlace();
                tape.push(new DigitPacking(factor.states()).pack(digits));
            }
            return scope.promote(quotient);
        }
    }

    /** Exactly: by a number that is not on its device, CUDA multiplies with the reciprocal, which may lose a bit. */
    private static Tensor divided(Tensor whole, int by) {
        return whole.device().isCpu() ? whole.div(by) : whole.div(Tensors.full(by, whole.dtype(), whole.device()));
    }

    /** Makes the division round to the nearest number instead of down. */
    private static int offset(Factor factor) {
        return factor.denominator() / 2;
    }

    @Override
    public Tensor uncouple(Tensor stream, Tensor addition, Factor factor, Tape tape) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor quotient = stream.to(DType.FLOAT64).sub(whole(addition));
            return scope.promote(unscaled(quotient, factor, tape).to(storage));
        }
    }

    /** The smallest number with that quotient, plus the digit. */
    private static Tensor unscaled(Tensor quotient, Factor factor, Tape tape) {
        if (factor.isOne()) {
            return quotient;
        }
        Tensor smallest = quotient.mul(factor.denominator()).sub(offset(factor));
        if (factor.numerator() > 1) {
            smallest = divided(smallest, factor.numerator()).ceil();
        }
        return factor.states() > 1
                ? smallest.add(new DigitPacking(factor.states()).unpack(tape.pop(), quotient.shape()))
                : smallest;
    }

    /** NaN passes: it shows in the loss, with advice that fits it. */
    private void requireRange(Tensor whole) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor[] extremes = whole.aminmax();
            double found = Math.max(-extremes[0].item(), extremes[1].item());
            if (found > largest) {
                throw new IllegalArgumentException("A hidden state of " + Units.decimal(Math.scalb(found, -fraction), 1)
                        + " is beyond the " + Units.decimal(Math.scalb(largest, -fraction), 0) + " that streams of "
                        + 8 * storage.byteSize() + " bits hold: " + (storage == DType.INT32
                                ? "use exact-64 as reconstruction"
                                : "the model has diverged, so train it with a lower learning rate"));
            }
        }
    }

    @Override
    public boolean isExact() {
        return true;
    }
}
