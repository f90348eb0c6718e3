package org.frugaltorch.finetune.meft;

import java.util.List;
import java.util.OptionalDouble;
import org.frugaltorch.nn.Activation;

/** What the trained networks are that make a model reversible. */
public sealed interface AdapterSettings {
    /** Adds a sentence for everything that is not usable. */
    void check(List<String> problems);

    /**
     * Narrow, activate, widen, with biases: {@code W_up dropout(act(W_down x + b_down)) + b_up}.
     *
     * @param width inner width
     * @param activation null for the model's own
     * @param dropout probability before the widening layer; the model's own when empty
     * @param initializerRange standard deviation of both new matrices
     */
    record Bottleneck(int width, Activation activation, OptionalDouble dropout, double initializerRange)
            implements AdapterSettings {
        /** The width of the method's authors for BERT. */
        public static final int DEFAULT_WIDTH = 8;
        /** The standard deviation of the method's authors. */
        public static final double DEFAULT_RANGE = 0.02;

        /** With the model's activation and dropout, begun as the method's authors do. */
        public Bottleneck(int width) {
            this(width, null, OptionalDouble.empty(), DEFAULT_RANGE);
        }

        @Override
        public void check(List<String> problems) {
            if (width < 1) {
                problems.add("the adapter's width must be at least 1, not " + width);
            }
            checkDropout(problems, dropout.orElse(0));
            if (!(initializerRange >= 0) || Double.isInfinite(initializerRange)) {
                problems.add("the standard deviation of new weights must be at least 0, not " + initializerRange);
            }
        }
    }

    /**
     * Low-rank corrections (LoRA): where a sub-network is an adapter alone, a product of two narrow matrices; inside the
     * blocks, nothing of MEFT's own, because there a caller puts such corrections on the linear layers.
     *
     * @param rank inner width
     * @param alpha numerator of the scale {@code alpha / rank}
     * @param dropout probability on the input
     */
    record LowRank(int rank, double alpha, double dropout) implements AdapterSettings {
        @Override
        public void check(List<String> problems) {
            if (rank < 1) {
                problems.add("the rank must be at least 1, not " + rank);
            }
            if (!(alpha > 0) || Double.isInfinite(alpha)) {
                problems.add("alpha must be above 0, not " + alpha);
            }
            checkDropout(problems, dropout);
        }
    }

    private static void checkDropout(List<String> problems, double dropout) {
        if (!(dropout >= 0 && dropout < 1)) {
            problems.add("the adapter's dropout must be in [0, 1), not " + dropout);
        }
    }
}
