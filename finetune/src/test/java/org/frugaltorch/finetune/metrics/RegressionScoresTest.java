package org.frugaltorch.finetune.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RegressionScoresTest {
    private static final Offset<Double> EXACT = within(1e-15);

    @Test
    void pearsonByItsClosedFormula() {
        double[] x = {1, 2, 3, 4};
        double[] y = {2, 1, 4, 3};

        // Sum of products of deviations 3, sums of squares 5 and 5.
        RegressionScores scores = RegressionScores.of(x, y);

        assertThat(scores.pearson()).isCloseTo(3.0 / 5, EXACT);
        assertThat(scores.spearman()).isCloseTo(3.0 / 5, EXACT);
        assertThat(scores.meanSquaredError()).isEqualTo(1.0);
    }

    @Test
    void spearmanSeesOnlyTheOrder() {
        double[] x = {0.1, 1, 10, 100, 1000};
        double[] y = {-1, 3, 3.5, 4, 50};

        RegressionScores scores = RegressionScores.of(x, y);

        assertThat(scores.spearman()).isCloseTo(1, EXACT);
        assertThat(scores.pearson()).isBetween(0.9, 0.9999);
    }

    @Test
    void spearmanWithoutTiesIsTheFormulaOfRankDifferences() {
        Random random = new Random(3);
        double[] x = random.doubles(50).toArray();
        double[] y = random.doubles(50).toArray();
        double[] xRanks = RegressionScores.averageRanks(x);
        double[] yRanks = RegressionScores.averageRanks(y);
        double squares = 0;
        for (int i = 0; i < x.length; i++) {
            squares += Math.pow(xRanks[i] - yRanks[i], 2);
        }

        assertThat(RegressionScores.of(x, y).spearman()).isCloseTo(1 - 6 * squares / (50.0 * (2500 - 1)), within(1e-12));
    }

    @Test
    void equalValuesShareTheirMeanRank() {
        assertThat(RegressionScores.averageRanks(new double[] {3, 1, 3, 3, 2})).containsExactly(4, 1, 4, 4, 2);
        assertThat(RegressionScores.averageRanks(new double[] {0.0, -0.0, 1})).containsExactly(1.5, 1.5, 3);
        // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
        assertThat(RegressionScores.of(new double[] {1, 2, 2, 3}, new double[] {1, 2, 3, 4}).spearman())
                .isCloseTo(4.5 / Math.sqrt(4.5 * 5), EXACT);
    }

    @Test
    void constantSidesHaveNoCorrelation() {
        RegressionScores scores = RegressionScores.of(new double[] {1, 2, 3}, new double[] {5, 5, 5});

        assertThat(scores.pearson()).isNaN();
        assertThat(scores.spearman()).isNaN();
        assertThat(scores.meanSquaredError()).isCloseTo((16 + 9 + 4) / 3.0, EXACT);
        assertThat(RegressionScores.of(new double[] {1}, new double[] {2}).pearson()).isNaN();
    }

    @Test
    void notANumberStaysVisible() {
        RegressionScores scores = RegressionScores.of(new double[] {1, 2, 3}, new double[] {1, Double.NaN, 2});

        assertThat(scores.pearson()).isNaN();
        assertThat(scores.spearman()).isNaN();
        assertThat(scores.meanSquaredError()).isNaN();
        RegressionScores infinite = RegressionScores.of(new double[] {1, 2, 3},
                new double[] {1, 2, Double.POSITIVE_INFINITY});
        assertThat(infinite.pearson()).isNaN();
        assertThat(infinite.spearman()).isCloseTo(1, EXACT);
    }

    @Test
    void surviveValuesWhoseSquaresLeaveTheRange() {
        double[] x = {1, 2, 3, 4};
        double[] y = {2, 1, 4, 3};

        assertThat(RegressionScores.of(scaled(x, 1e200), scaled(y, 1e-200)).pearson()).isCloseTo(0.6, EXACT);
    }

    private static double[] scaled(double[] x, double factor) {
        return Arrays.stream(x).map(value -> value * factor).toArray();
    }
}
