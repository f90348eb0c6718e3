package org.frugaltorch.finetune.metrics;

/**
 * Scores of a classification, equal to scikit-learn's {@code accuracy_score}, {@code f1_score} (with its default
 * {@code zero_division}) and {@code matthews_corrcoef}.
 *
 * @param accuracy share of examples predicted right
 * @param macroF1  mean F1 of the classes that occur among the expected or the predicted ones; a class that occurs in
 *                 neither is left out of the mean, as scikit-learn does when it is given no list of labels
 * @param f1       F1 of class 1, 0 when class 1 is neither expected nor predicted; NaN unless there are exactly two classes,
 *                 where scikit-learn refuses
 * @param matthews Matthews correlation for any number of classes; 0 when the expected or the predicted classes are all
 *                 the same
 * @param confusion how often each class was predicted as each class
 */
public record ClassificationScores(double accuracy, double macroF1, double f1, double matthews,
                                   ConfusionMatrix confusion) {

    /**
     * Scores predictions.
     *
     * @param expected   class of each example, each in {@code [0, numClasses)}
     * @param predicted  predicted class of each example, as many and in the same range
     * @param numClasses number of classes, at least 1
     * @throws IllegalArgumentException if there is no example, the lengths differ or a class is out of range
     */
    public static ClassificationScores of(int[] expected, int[] predicted, int numClasses) {
        ConfusionMatrix confusion = ConfusionMatrix.of(expected, predicted, numClasses);
        double accuracy = (double) confusion.correct() / confusion.total();
        double f1 = numClasses == 2 ? f1(confusion, 1) : Double.NaN;
        return new ClassificationScores(accuracy, macroF1(confusion), f1, matthews(confusion), confusion);
    }

    /**
     * The value of one metric.
     *
     * @throws IllegalArgumentException if the metric is none of a classification
     */
    public double value(Metric metric) {
        return switch (metric) {
            case ACCURACY -> accuracy;
            case MACRO_F1 -> macroF1;
            case F1 -> f1;
            case MATTHEWS -> matthews;
            case ENTITY_PRECISION, ENTITY_RECALL, ENTITY_F1, PEARSON, SPEARMAN, MEAN_SQUARED_ERROR, LOSS, ACC_NORM,
                    COMBINED ->
                throw new IllegalArgumentException(
                        "The metric '" + metric.id() + "' is not a score of predicted classes.");
        };
    }

    private static double macroF1(ConfusionMatrix confusion) {
        double sum = 0;
        int present = 0;
        for (int label = 0; label < confusion.numClasses(); label++) {
            if (confusion.expected(label) + confusion.predicted(label) > 0) {
                sum += f1(confusion, label);
                present++;
            }
        }
        return sum / present;
    }

    private static double f1(ConfusionMatrix confusion, int label) {
        long sizes = confusion.expected(label) + confusion.predicted(label);
        return sizes == 0 ? 0 : 2.0 * confusion.count(label, label) / sizes;
    }

    // Gorodkin's R_K, in counts: (c s - sum p_k t_k) / sqrt((s^2 - sum p_k^2)(s^2 - sum t_k^2)).
    private static double matthews(ConfusionMatrix confusion) {
        double total = confusion.total();
        double covariance = confusion.correct() * total;
        double expectedSpread = total * total;
        double predictedSpread = total * total;
        for (int label = 0; label < confusion.numClasses(); label++) {
            double expected = confusion.expected(label);
            double predicted = confusion.predicted(label);
            covariance -= expected * predicted;
            expectedSpread -= expected * expected;
            predictedSpread -= predicted * predicted;
        }
        if (expectedSpread == 0 || predictedSpread == 0) {
            return 0;
        }
        return covariance / (Math.sqrt(expectedSpread) * Math.sqrt(predictedSpread));
    }
}
