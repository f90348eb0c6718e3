package org.frugaltorch.finetune.model;

/**
 * How rotary frequencies are stretched so that a model reads longer sequences than it was first trained on. Names and
 * defaults are those of {@code rope_type} in Hugging Face configurations.
 */
public sealed interface RotaryScaling {
    /**
     * Changes frequencies.
     *
     * @param rotary whose they are
     * @param length of the longest sequence at hand, tokens
     * @return radians a position for every pair of numbers of a head [d / 2]
     */
    double[] frequencies(RotaryEmbedding rotary, long length);

    /** Factor on both cosine and sine, which the scores feel squared. */
    default double attentionFactor() {
        return 1;
    }

    /** Frequencies as they are. */
    record None() implements RotaryScaling {
        @Override
        public double[] frequencies(RotaryEmbedding rotary, long length) {
            return rotary.plainFrequencies(rotary.theta());
        }
    }

    /** Positions divided by a factor ("Extending context window ... via position interpolation", Chen et al. 2023). */
    record Linear(double factor) implements RotaryScaling {
        @Override
        public double[] frequencies(RotaryEmbedding rotary, long length) {
            double[] result = rotary.plainFrequencies(rotary.theta());
            for (int i = 0; i < result.length; i++) {
                result[i] /= factor;
            }
            return result;
        }
    }

    /** A base that grows with the sequence, once it is longer than {@code maxPositions} ("NTK-aware", dynamic). */
    record Dynamic(double factor, int maxPositions) implements RotaryScaling {
        @Override
        public double[] frequencies(RotaryEmbedding rotary, long length) {
            double stretch = factor * Math.max(length, maxPositions) / maxPositions - (factor - 1);
            double size = rotary.headSize();
            return rotary.plainFrequencies(rotary.theta() * Math.pow(stretch, size / (size - 2)));
        }
    }

    /**
     * Low frequencies divided by a factor, high ones kept, a ramp between: Llama 3.1.
     *
     * @param lowFrequencyFactor turns within {@code originalLength} below which a frequency is low
     * @param highFrequencyFactor turns above which it is high
     * @param originalLength tokens that the model was first trained on
     */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalLength)
            implements RotaryScaling {
        @Override
        public double[] frequencies(RotaryEmbedding rotary, long length) {
            double[] result = rotary.plainFrequencies(rotary.theta());
            for (int i = 0; i < result.length; i++) {
                double turns = originalLength * result[i] / (2 * Math.PI);
                double kept = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
                kept = Math.clamp(kept, 0.0, 1.0);
                result[i] = (1 - kept) * result[i] / factor + kept * result[i];
            }
            return result;
        }
    }

    /**
     * Interpolation by parts ("YaRN: Efficient context window extension of large language models", Peng et al. 2023).
     *
     * @param betaFast turns within {@code originalLength} from which on frequencies are kept
     * @param betaSlow turns up to which they are divided by the factor
     * @param truncate whether the ends of the ramp between are rounded outwards to whole pairs
     * @param attentionFactor see {@link #attentionFactor()}
     */
    record Yarn(double factor, double betaFast, double betaSlow, int originalLength, boolean truncate,
            double attentionFactor) implements RotaryScaling {
        @Override
        public double[] frequencies(RotaryEmbedding rotary, long length) {
            double[] result = rotary.plainFrequencies(rotary.theta());
            double low = pairWith(betaFast, rotary);
            double high = pairWith(betaSlow, rotary);
            low = Math.max(truncate ? Math.floor(low) : low, 0);
            high = Math.min(truncate ? Math.ceil(high) : high, rotary.headSize() - 1);
            double width = low == high ? 0.001 : high - low;
            for (int i = 0; i < result.length; i++) {
                double divided = Math.clamp((i - low) / width, 0.0, 1.0);
                result[i] = divided * result[i] / factor + (1 - divided) * result[i];
            }
            return result;
        }

        /** The pair, as a fraction of an index, that makes so many turns within the original length. */
        private double pairWith(double turns, RotaryEmbedding rotary) {
            return rotary.headSize() * Math.log(originalLength / (turns * 2 * Math.PI)) / (2 * Math.log(rotary.theta()));
        }

        /** The paper's attention factor for a stretch by {@code factor}, weighted. */
        public static double attentionFactor(double factor, double weight) {
            return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
        }
    }
}
