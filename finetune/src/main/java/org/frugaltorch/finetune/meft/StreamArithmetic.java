package org.frugaltorch.finetune.meft;

import org.frugaltorch.finetune.model.BlockLayout;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;

/**
 * How the two streams are kept and coupled, {@code y = factor * h + addition}, and how {@code h} is got back from
 * {@code y}. All of it is outside any graph.
 */
sealed interface StreamArithmetic permits ExactStreams, RoundedStreams {
    /** The arithmetic that settings ask for, in a model of that layout and type. */
    static StreamArithmetic of(MeftSettings settings, BlockLayout layout, DType type) {
        boolean narrowByDefault = !layout.preNorm();
        return switch (settings.reconstruction()) {
            case Reconstruction.Exact(int bits) when bits == Integer.SIZE
                    || bits == Reconstruction.Exact.BY_LAYOUT && narrowByDefault -> ExactStreams.narrow();
            case Reconstruction.Exact exact -> ExactStreams.wide(settings.first(), settings.second());
            default -> new RoundedStreams(type == DType.FLOAT64 ? type : DType.FLOAT32);
        };
    }

    /** Hidden states as a stream. */
    Tensor enter(Tensor states);

    /** A stream as hidden states of that type: a new leaf. */
    Tensor leave(Tensor stream, DType type);

    /**
     * The stream after a coupling.
     *
     * @param tape receives what the way back needs
     */
    Tensor couple(Tensor stream, Tensor addition, Factor factor, Tape tape);

    /** The stream before a coupling; takes from {@code tape} what {@link #couple} left there. */
    Tensor uncouple(Tensor stream, Tensor addition, Factor factor, Tape tape);

    /** Whether {@link #uncouple} gives back every bit. */
    boolean isExact();
}
