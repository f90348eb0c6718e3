package org.frugaltorch.finetune.tokentune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.frugaltorch.finetune.model.TokenBatch;
import org.junit.jupiter.api.Test;

class LabelledSelectionTest {
    private static final int WIDTH = 10;
    private static final int[] LENGTHS = {10, 6, 3};

    private final boolean[] labelled = new boolean[LENGTHS.length * WIDTH];
    private final boolean[] always = new boolean[LENGTHS.length * WIDTH];
    private final TokenBatch batch = batch();

    /** Labels at every second token; two tokens of the first row, and one of the second, are always selected. */
    private TokenBatch batch() {
        boolean[] valid = new boolean[labelled.length];
        for (int row = 0; row < LENGTHS.length; row++) {
            for (int column = 0; column < LENGTHS[row]; column++) {
                valid[row * WIDTH + column] = true;
                labelled[row * WIDTH + column] = column % 2 == 1;
            }
        }
        always[3] = true;
        always[7] = true;
        always[WIDTH + 5] = true;
        return new TokenBatch(LENGTHS.length, WIDTH, new long[valid.length], valid, new long[valid.length]);
    }

    private int[][] select(TokenShare share, boolean[] taken, long seed) {
        return new LabelledSelection(share, TokenImportance.RANDOM, labelled, taken).select(null, batch, seed);
    }

    @Test
    void selectsWhatIsAlwaysSelectedWithinTheShareAndBeyondIt() {
        for (long seed = 0; seed < 100; seed++) {
            int[][] half = select(new TokenShare.Ratio(0.5), always, seed);
            assertThat(half[0]).contains(3, 7).hasSize(5).isSorted().doesNotHaveDuplicates();
            assertThat(half[1]).contains(5).hasSize(3);
            assertThat(select(new TokenShare.Ratio(0.01), always, seed)[0]).containsExactly(3, 7);
            assertThat(select(new TokenShare.Count(1), always, seed)[0]).containsExactly(3, 7);
        }
    }

    @Test
    void everySequenceLearnsFromALabelAtLeast() {
        boolean[] none = new boolean[always.length];
        int[] counts = new int[WIDTH];
        for (long seed = 0; seed < 3000; seed++) {
            int[][] one = select(new TokenShare.Ratio(0.01), none, seed);
            for (int row = 0; row < LENGTHS.length; row++) {
                assertThat(one[row]).hasSize(1);
                assertThat(labelled[row * WIDTH + one[row][0]]).isTrue();
                assertThat(batch.valid()[row * WIDTH + one[row][0]]).isTrue();
            }
            counts[one[0][0]]++;
        }
        for (int column = 1; column < WIDTH; column += 2) {
            assertThat(counts[column]).as("draws of column " + column).isBetween(480, 720);
        }
        int[] many = new int[WIDTH];
        for (long seed = 0; seed < 3000; seed++) {
            Arrays.stream(select(new TokenShare.Ratio(0.5), none, seed)[0]).forEach(column -> many[column]++);
        }
        assertThat(many[0]).as("the first token has no part of its own").isBetween(1300, 1700);
    }

    @Test
    void allTokensAreAllAndNoneIsPadding() {
        int[][] all = select(new TokenShare.Ratio(1), always, 1);
        assertThat(all[0]).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(all[2]).containsExactly(0, 1, 2);
        assertThat(select(new TokenShare.Count(4), labelled, 1)[2]).containsExactly(0, 1, 2);
        assertThat(select(new TokenShare.Ratio(0.1), labelled, 1)[0]).containsExactly(1, 3, 5, 7, 9);
    }

    @Test
    void isTheSameForTheSameSeedAndAnotherForAnother() {
        TokenShare half = new TokenShare.Ratio(0.5);
        assertThat(select(half, always, 5)).isDeepEqualTo(select(half, always, 5));
        assertThat(Arrays.deepEquals(select(half, always, 5), select(half, always, 6))).isFalse();
    }

    @Test
    void labelsMustBeThoseOfTheBatch() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LabelledSelection(
                        new TokenShare.Count(1), TokenImportance.RANDOM, new boolean[3], always).select(null, batch, 1))
                .withMessageContaining("A batch of 30 tokens needs as many labels, got 3 and 30");
    }
}
