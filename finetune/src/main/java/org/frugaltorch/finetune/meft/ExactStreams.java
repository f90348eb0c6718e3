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
    private static final double LARGEST_DIVIDEND = 0x1p50;
    private static final double LARGEST_INT32 = 0x1p31 - 1;
    private static final int NARROW_FRACTION = 22;
    private static final int WIDE_FRACTION = 28;

    /** Steps of 2.4e-7 up to 512: enough for states that are normed in every block. */
    static ExactStreams narrow() {
        return new ExactStreams(DType.INT32, NARROW_FRACTION, LARGEST_INT32);
    }

    /** Steps of 3.7e-9 up to 4 million, divided by the greater number of a factor's fraction: for residual streams that grow. */
    static ExactStreams wide(Factor... factors) {
        double multiplier = 1;
        for (Factor factor : factors) {
            multiplier = Math.max(multiplier, Math.max(factor.numerator(), factor.denominator()));
        }
        return new ExactStreams(DType.FLOAT64, WIDE_FRACTION, LARGEST_DIVIDEND / multiplier);
    }

    @Override
    public Tensor enter(Tensor states) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor whole = whole(states.detach());
            requireRange(whole);
            return scope.promote(whole.to(storage));
        }
    }

    /** Scaled and rounded in the type that the states have: a power of two changes no digit, nor does what is whole already. */
    private Tensor whole(Tensor states) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor wide = states.dtype().byteSize() < Float.BYTES ? states.to(DType.FLOAT32) : states;
            return scope.promote(wide.mul(Math.scalb(1.0, fraction)).roundInPlace().to(DType.FLOAT64));
        }
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
            Tensor dividend = factor.numerator() == 1 ? stream : stream.mul(factor.numerator());
            Tensor quotient = quotient(dividend, offset(factor), factor.denominator());
            if (tape.isRecording() && factor.states() > 1) {
                Tensor remainder = dividend.add(quotient, -factor.denominator()).to(DType.FLOAT32);
                Tensor digits = quotient(remainder, offset(factor), factor.numerator());
                tape.push(new DigitPacking(factor.states()).pack(digits));
            }
            return scope.promote(quotient);
        }
    }

    /**
     * {@code floor((whole + offset) / by)}, by a product with the reciprocal, which is much faster than a division. A half is
     * added first: then the quotient is at least {@code 0.5 / by} away from any whole number, and what is rounded on the
     * way is less than that for dividends up to {@code 2^50} in float64, or {@code 2^20} in float32.
     */
    static Tensor quotient(Tensor whole, int offset, int by) {
        return by == 1 ? whole.add(offset) : whole.add(offset + 0.5).mulInPlace(1.0 / by).floorInPlace();
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
        int numerator = factor.numerator();
        Tensor smallest = quotient(quotient.mul(factor.denominator()), numerator - 1 - offset(factor), numerator);
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
