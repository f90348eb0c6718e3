package org.frugaltorch.finetune.meft;

/**
 * How layer inputs are got back from the stack's output. Dividing by a factor multiplies rounding errors, tenfold a layer
 * at the usual factors; see docs/meft-numerics.md.
 */
public sealed interface Reconstruction {
    /** The default: no error, however many layers. */
    Reconstruction EXACT = new Exact(Exact.BY_LAYOUT);

    /**
     * Streams of whole numbers; what multiplications lose is kept, half a byte a number and layer at the factor 0.1.
     *
     * @param bits a number of a stream takes: 32, 64, or 0 for 32 where every block norms its output and 64 elsewhere
     */
    record Exact(int bits) implements Reconstruction {
        static final int BY_LAYOUT = 0;

        public Exact {
            if (bits != BY_LAYOUT && bits != Integer.SIZE && bits != Long.SIZE) {
                throw new IllegalArgumentException("Exact streams have 32 or 64 bits, not " + bits);
            }
        }

        @Override
        public String toString() {
            return bits == BY_LAYOUT ? "exact" : "exact-" + bits;
        }
    }

    /**
     * Streams of floating-point numbers, both of which are kept as they are before every few layers.
     *
     * @param every number of layers; 0 for as many as keep the error that is to be expected below 1e-3
     */
    record Anchored(int every) implements Reconstruction {
        private static final int BY_PREDICTION = 0;
        private static final double BOUND = 1e-3;
        private static final double ROUNDING = 0x1p-24;
        private static final double LEAST_GROWTH = 2;

        public Anchored {
            if (every < 0) {
                throw new IllegalArgumentException("Anchors are at least 1 layer apart, not " + every);
            }
        }

        /** Layers from one anchor to the next. */
        int distance(Factor lambda, Factor beta) {
            return every == BY_PREDICTION ? predicted(lambda, beta) : every;
        }

        /** Errors begin at float32's rounding and grow by the inverse of both factors, or of the block itself. */
        private static int predicted(Factor lambda, Factor beta) {
            double growth = Math.max(LEAST_GROWTH, 1 / Math.min(1, lambda.value()) / Math.min(1, beta.value()));
            return Math.max(1, (int) Math.floor(Math.log(BOUND / ROUNDING) / Math.log(growth)));
        }

        @Override
        public String toString() {
            return every == BY_PREDICTION ? "anchors" : "anchors-" + every;
        }
    }

    /** Streams of floating-point numbers and nothing else, as published: to compare with. */
    record Rounded() implements Reconstruction {
        @Override
        public String toString() {
            return "rounded";
        }
    }

    /**
     * Reads {@code exact}, {@code exact-32}, {@code exact-64}, {@code anchors}, {@code anchors-N} or {@code rounded}.
     *
     * @throws IllegalArgumentException for anything else
     */
    static Reconstruction named(String name) {
        int dash = name.indexOf('-');
        String kind = dash < 0 ? name : name.substring(0, dash);
        try {
            int number = dash < 0 ? 0 : Integer.parseInt(name.substring(dash + 1));
            switch (kind) {
                case "exact":
                    return new Exact(number);
                case "anchors":
                    return new Anchored(number);
                case "rounded":
                    if (dash < 0) {
                        return new Rounded();
                    }
                    break;
                default:
                    break;
            }
        } catch (NumberFormatException notANumber) {
            // Told below, as any other name that is not known.
        }
        throw new IllegalArgumentException("Unknown reconstruction '" + name
                + "': known are exact, exact-32, exact-64, anchors, anchors-N and rounded");
    }
}
