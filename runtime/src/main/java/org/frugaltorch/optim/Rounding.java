package org.frugaltorch.optim;

/**
 * How an optimiser's results become bfloat16 numbers, of which there are 128 between a number and its double. All other
 * types keep libtorch's rounding.
 */
public enum Rounding {
    /**
     * To one of the two neighbours, at random, the nearer one the more likely, so that what is too small to be seen in one
     * step is right on average over many (Gupta et al., 2015, section 3).
     */
    STOCHASTIC,

    /**
     * To the nearest, as PyTorch does: a step below a 512th of a weight is lost, and a second moment never shrinks by a
     * thousandth.
     */
    NEAREST;

    /**
     * The rounding of that name, in small letters.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Rounding named(String name) {
        return switch (name) {
            case "stochastic" -> STOCHASTIC;
            case "nearest" -> NEAREST;
            default -> throw new IllegalArgumentException("Unknown rounding '" + name + "': use stochastic or nearest");
        };
    }
}
