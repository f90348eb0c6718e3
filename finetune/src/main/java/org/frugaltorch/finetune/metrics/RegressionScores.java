package org.frugaltorch.finetune.metrics;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Scores of a regression, equal to scipy's {@code pearsonr} and {@code spearmanr} and scikit-learn's
 * {@code mean_squared_error}. A correlation is NaN when either side is constant or holds a NaN; an infinity has a rank but
 * no deviation, so it makes only Pearson's NaN. With a single example both correlations are NaN (scipy's {@code spearmanr}
 * says so too, its {@code pearsonr} fails instead, which an evaluation should not).
 *
 * @param pearson          linear correlation
 * @param spearman         linear correlation of the ranks, equal values sharing the mean of their ranks
 * @param meanSquaredError mean of the squared differences; NaN when any value is NaN
 */
public record RegressionScores(double pearson, double spearman, double meanSquaredError) {

    /**
     * Scores predictions.
     *
     * @param expected  true value of each example
     * @param predicted predicted value of each example, as many
     * @throws IllegalArgumentException if there is no example or the lengths differ
     */
    public static RegressionScores of(double[] expected, double[] predicted) {
        Samples.requirePairs(expected.length, predicted.length);
        return new RegressionScores(pearson(expected, predicted), spearman(expected, predicted),
                meanSquaredError(expected, predicted));
    }

    /**
     * The value of one metric.
     *
     * @throws IllegalArgumentException if the metric is none of a regression
     */
    public double value(Metric metric) {
        return switch (metric) {
            case PEARSON -> pearson;
            case SPEARMAN -> spearman;
            case MEAN_SQUARED_ERROR -> meanSquaredError;
            case ACCURACY, MACRO_F1, F1, MATTHEWS, ENTITY_PRECISION, ENTITY_RECALL, ENTITY_F1, LOSS, ACC_NORM,
                    COMBINED ->
                throw new IllegalArgumentException(
                        "The metric '" + metric.id() + "' is not a score of predicted numbers.");
        };
    }

    private static double pearson(double[] x, double[] y) {
        if (isConstant(x) || isConstant(y)) {
            return Double.NaN;
        }
        double[] u = unitDeviations(x);
        double[] v = unitDeviations(y);
        double correlation = 0;
        for (int i = 0; i < u.length; i++) {
            correlation += u[i] * v[i];
        }
        return Double.isNaN(correlation) ? Double.NaN : Math.clamp(correlation, -1.0, 1.0);
    }

    // A single value counts as constant. NaN equals nothing, so a NaN is found later, by arithmetic.
    private static boolean isConstant(double[] x) {
        return Arrays.stream(x).allMatch(value -> value == x[0]);
    }

    // Deviations from the mean, divided by their norm. Scaling by the largest first keeps the squares in range.
    private static double[] unitDeviations(double[] x) {
        double mean = Arrays.stream(x).sum() / x.length;
        double[] deviations = Arrays.stream(x).map(value -> value - mean).toArray();
        double largest = Arrays.stream(deviations).map(Math::abs).max().orElseThrow();
        double norm = Math.sqrt(Arrays.stream(deviations).map(d -> (d / largest) * (d / largest)).sum());
        return Arrays.stream(deviations).map(d -> d / largest / norm).toArray();
    }

    private static double spearman(double[] x, double[] y) {
        for (int i = 0; i < x.length; i++) {
            if (Double.isNaN(x[i]) || Double.isNaN(y[i])) {
                return Double.NaN;
            }
        }
        return pearson(averageRanks(x), averageRanks(y));
    }

    /** Ranks from 1, equal values sharing the mean of the ranks they take up. */
    static double[] averageRanks(double[] x) {
        Integer[] order = new Integer[x.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> x[i] + 0.0)); // + 0.0 makes -0.0 equal to 0.0
        double[] ranks = new double[x.length];
        int start = 0;
        while (start < order.length) {
            int end = start + 1;
            while (end < order.length && x[order[end]] == x[order[start]]) {
                end++;
            }
            double rank = (start + 1 + end) / 2.0;
            for (int i = start; i < end; i++) {
                ranks[order[i]] = rank;
            }
            start = end;
        }
        return ranks;
    }

    private static double meanSquaredError(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (x[i] - y[i]) * (x[i] - y[i]);
        }
        return sum / x.length;
    }
}
