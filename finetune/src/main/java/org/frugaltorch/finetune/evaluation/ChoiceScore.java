package org.frugaltorch.finetune.evaluation;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.evaluation.ChoiceQuestion.Option;

/** How the log-likelihoods of a question's answers become its score, from 0 to 1. */
public enum ChoiceScore {
    /** Whether the likeliest answer is right. */
    ACC {
        @Override
        double of(List<Option> options, double[] logLikelihoods) {
            return isRight(options, logLikelihoods, option -> 1);
        }
    },
    /** The same, each logarithm divided by the letters of its answer, so that long ones are not at a disadvantage. */
    ACC_NORM {
        @Override
        double of(List<Option> options, double[] logLikelihoods) {
            return isRight(options, logLikelihoods,
                    option -> option.answer().codePointCount(0, option.answer().length()));
        }
    },
    /** The same, divided by the bytes of the answer in UTF-8. */
    ACC_BYTES {
        @Override
        double of(List<Option> options, double[] logLikelihoods) {
            return isRight(options, logLikelihoods, option -> option.answer().getBytes(StandardCharsets.UTF_8).length);
        }
    },
    /** The share of the right answers in the probability of all answers together. */
    MC2 {
        @Override
        double of(List<Option> options, double[] logLikelihoods) {
            // Relative to the largest, or a long answer's probability would be 0 in floating point.
            double largest = IntStream.range(0, options.size()).mapToDouble(i -> logLikelihoods[i]).max().orElseThrow();
            double right = 0;
            double all = 0;
            for (int i = 0; i < options.size(); i++) {
                double probability = Math.exp(logLikelihoods[i] - largest);
                all += probability;
                right += options.get(i).right() ? probability : 0;
            }
            return right / all;
        }
    };

    abstract double of(List<Option> options, double[] logLikelihoods);

    /** Of several best answers, the first counts. */
    private static double isRight(List<Option> options, double[] logLikelihoods, ToDoubleFunction<Option> length) {
        int best = 0;
        for (int i = 1; i < options.size(); i++) {
            if (logLikelihoods[i] / length.applyAsDouble(options.get(i))
                    > logLikelihoods[best] / length.applyAsDouble(options.get(best))) {
                best = i;
            }
        }
        return options.get(best).right() ? 1 : 0;
    }

    /** The name in results, such as {@code acc_norm}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
