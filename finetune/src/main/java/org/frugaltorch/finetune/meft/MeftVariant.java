package org.frugaltorch.finetune.meft;

import java.util.Arrays;
import java.util.Locale;

/**
 * What the two sub-networks F and G of a coupling are: {@code y1 = lambda h1 + F(h2)}, {@code y2 = beta h2 + G(y1)}.
 */
public enum MeftVariant {
    /** F is the block with an adapter beside its feed-forward network, G an adapter; the streams are exchanged. */
    MEFT1(0.1, 1) {
        @Override
        SubNetwork first(AdaptedBlock block) {
            return block.whole();
        }

        @Override
        SubNetwork second(AdaptedBlock block) {
            return block.adapterAlone();
        }
    },
    /** F is an adapter, G the block with an adapter beside its feed-forward network; the streams are exchanged. */
    MEFT2(1, 0.1) {
        @Override
        SubNetwork first(AdaptedBlock block) {
            return block.adapterAlone();
        }

        @Override
        SubNetwork second(AdaptedBlock block) {
            return block.whole();
        }
    },
    /** F is attention with an adapter behind it, G the feed-forward network with one beside it. */
    MEFT3(0.1, 0.1) {
        @Override
        SubNetwork first(AdaptedBlock block) {
            return block.attention();
        }

        @Override
        SubNetwork second(AdaptedBlock block) {
            return block.feedForward();
        }
    };

    private final double lambda;
    private final double beta;

    MeftVariant(double lambda, double beta) {
        this.lambda = lambda;
        this.beta = beta;
    }

    /**
     * The variant of that number.
     *
     * @throws IllegalArgumentException unless it is 1, 2 or 3
     */
    public static MeftVariant of(int number) {
        if (number < 1 || number > values().length) {
            throw new IllegalArgumentException("There is no MEFT" + number + ": use 1, 2 or 3");
        }
        return values()[number - 1];
    }

    /**
     * Reads {@code meft1}, {@code meft2} or {@code meft3}.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static MeftVariant named(String name) {
        return Arrays.stream(values()).filter(variant -> variant.toString().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Unknown variant '" + name + "': known are " + Arrays.toString(values())));
    }

    abstract SubNetwork first(AdaptedBlock block);

    abstract SubNetwork second(AdaptedBlock block);

    /** Whether the streams are exchanged after every layer, the last one included. */
    boolean exchanges() {
        return this != MEFT3;
    }

    /** Factor of the first stream that the method's authors train with. */
    public double defaultLambda() {
        return lambda;
    }

    /** Factor of the second stream that the method's authors train with. */
    public double defaultBeta() {
        return beta;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
