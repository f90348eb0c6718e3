package org.frugaltorch.finetune.classification;

import java.util.Arrays;
import java.util.Map;
import org.frugaltorch.finetune.metrics.MetricSet;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** What a model shall answer to examples: a class each, or a number each. */
public sealed interface Targets {
    /** Number of examples. */
    int count();

    /**
     * The mean loss of some examples.
     *
     * @param scores of those examples, in their order [B, columns]
     * @param examples their numbers
     */
    Tensor loss(Tensor scores, int... examples);

    /** Judges answers to all examples: values by metric name. */
    Map<String, Double> judge(MetricSet metrics, Scores scores);

    /**
     * Classes, learnt by cross-entropy.
     *
     * @param ids a class number an example
     * @param classes how many there are
     */
    record Classes(int[] ids, int classes) implements Targets {
        private static final long NO_LABEL = -100;

        @Override
        public int count() {
            return ids.length;
        }

        @Override
        public Tensor loss(Tensor scores, int... examples) {
            long[] targets = Arrays.stream(examples).mapToLong(example -> ids[example]).toArray();
            try (TensorScope scope = TensorScope.open()) {
                return scope.promote(Functional.crossEntropy(
                        scores, Tensors.of(targets).to(scores.device()), LossReduction.MEAN, NO_LABEL, 0));
            }
        }

        @Override
        public Map<String, Double> judge(MetricSet metrics, Scores scores) {
            return metrics.ofClasses(ids, scores.classes(), classes);
        }
    }

    /**
     * Numbers, learnt by their squared error.
     *
     * @param values a number an example
     */
    record Numbers(double[] values) implements Targets {
        @Override
        public int count() {
            return values.length;
        }

        @Override
        public Tensor loss(Tensor scores, int... examples) {
            double[] targets = Arrays.stream(examples).mapToDouble(example -> values[example]).toArray();
            try (TensorScope scope = TensorScope.open()) {
                Tensor wide = scores.dtype().byteSize() < Float.BYTES ? scores.to(DType.FLOAT32) : scores;
                Tensor wanted = Tensors.of(targets).to(wide.dtype()).to(wide.device());
                return scope.promote(Functional.meanSquaredError(wide.view(-1), wanted));
            }
        }

        @Override
        public Map<String, Double> judge(MetricSet metrics, Scores scores) {
            return metrics.ofNumbers(values, scores.numbers());
        }
    }
}
