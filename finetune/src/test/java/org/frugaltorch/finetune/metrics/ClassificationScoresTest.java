package org.frugaltorch.finetune.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ClassificationScoresTest {
    private static final Offset<Double> EXACT = within(1e-15);

    @Test
    void scoresTwoClassesByTheirClosedFormulas() {
        // 6 true positives, 1 false negative, 2 false positives, 3 true negatives.
        int[] expected = {1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0};
        int[] predicted = {1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0};

        ClassificationScores scores = ClassificationScores.of(expected, predicted, 2);

        assertThat(scores.accuracy()).isEqualTo(9.0 / 12);
        assertThat(scores.f1()).isEqualTo(12.0 / 15);
        assertThat(scores.macroF1()).isCloseTo((12.0 / 15 + 6.0 / 9) / 2, EXACT);
        assertThat(scores.matthews()).isCloseTo((6 * 3 - 2 * 1) / Math.sqrt(8.0 * 7 * 5 * 4), EXACT);
        assertThat(scores.confusion().toArray()).isDeepEqualTo(new long[][] {{3, 2}, {1, 6}});
    }

    @Test
    void scoresThreeClasses() {
        int[] expected = {0, 0, 0, 1, 1, 2, 2, 2};
        int[] predicted = {0, 0, 1, 1, 2, 2, 2, 0};

        ClassificationScores scores = ClassificationScores.of(expected, predicted, 3);

        // Sizes expected 3, 2, 3 and predicted 3, 2, 3; right 2, 1, 2.
        assertThat(scores.macroF1()).isCloseTo((4.0 / 6 + 2.0 / 4 + 4.0 / 6) / 3, EXACT);
        assertThat(scores.matthews()).isCloseTo((5 * 8 - (9 + 4 + 9)) / (64.0 - (9 + 4 + 9)), EXACT);
        assertThat(scores.f1()).as("F1 of class 1 needs two classes").isNaN();
    }

    @Test
    void matthewsForTwoClassesIsTheCorrelationOfTheClassNumbers() {
        Random random = new Random(5);
        int[] expected = random.ints(200, 0, 2).toArray();
        int[] predicted = random.ints(200, 0, 2).toArray();

        double correlation = RegressionScores.of(asNumbers(expected), asNumbers(predicted)).pearson();

        assertThat(ClassificationScores.of(expected, predicted, 2).matthews()).isCloseTo(correlation, within(1e-12));
    }

    @Test
    void averagesOnlyClassesThatOccur() {
        int[] expected = {0, 0, 2};
        int[] predicted = {0, 2, 2};

        assertThat(ClassificationScores.of(expected, predicted, 5).macroF1()).isCloseTo(2.0 / 3, EXACT);
    }

    @Test
    void constantPredictionsHaveNoCorrelation() {
        ClassificationScores scores = ClassificationScores.of(new int[] {0, 1, 0}, new int[] {0, 0, 0}, 2);

        assertThat(scores.matthews()).isZero();
        assertThat(scores.f1()).isZero();
        assertThat(scores.macroF1()).isCloseTo(0.4, EXACT);
        assertThat(ClassificationScores.of(new int[] {0, 0}, new int[] {0, 0}, 2).f1())
                .as("class 1 neither expected nor predicted").isZero();
    }

    @Test
    void manyExamplesDoNotOverflow() {
        int[] expected = new int[4_000_000];
        int[] predicted = new int[4_000_000];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = i % 2;
            predicted[i] = i % 4 == 3 ? 0 : expected[i];
        }

        // Half the ones are missed: 1 million true positives of 2 million, 2 million true negatives.
        assertThat(ClassificationScores.of(expected, predicted, 2).matthews())
                .isCloseTo(2.0 / Math.sqrt(1.0 * 2 * 2 * 3), within(1e-12));
    }

    @Test
    void rejectsBadInputInOneSentence() {
        assertThatIllegalArgumentException().isThrownBy(() -> ClassificationScores.of(new int[2], new int[3], 2))
                .withMessageContaining("2 expected values and 3 predictions");
        assertThatIllegalArgumentException().isThrownBy(() -> ClassificationScores.of(new int[0], new int[0], 2))
                .withMessageContaining("empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClassificationScores.of(new int[] {0, 3}, new int[] {0, 1}, 3))
                .withMessage("Example 1 has the expected class 3, but classes run from 0 to 2.");
    }

    private static double[] asNumbers(int[] classes) {
        return java.util.Arrays.stream(classes).asDoubleStream().toArray();
    }
}
