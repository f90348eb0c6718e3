package org.frugaltorch.finetune.tokentune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.frugaltorch.finetune.model.TokenBatch;
import org.junit.jupiter.api.Test;

class WeightedSelectionTest {
    private static final int WIDTH = 12;
    private static final int[] LENGTHS = {12, 5, 1, 8};

    private final TokenBatch batch = batch();

    @Test
    void takesTheFirstTokenAlwaysAndPaddingNever() {
        for (long seed = 0; seed < 200; seed++) {
            int[][] selected = select(new TokenShare.Ratio(0.3), seed);
            for (int row = 0; row < LENGTHS.length; row++) {
                assertThat(selected[row]).startsWith(0).isSorted().doesNotHaveDuplicates();
                assertThat(Arrays.stream(selected[row]).max().orElseThrow()).isLessThan(LENGTHS[row]);
            }
        }
    }

    @Test
    void takesTheShareOfEverySequence() {
        assertThat(lengths(select(new TokenShare.Ratio(0.3), 1))).containsExactly(4, 2, 1, 3);
        assertThat(lengths(select(new TokenShare.Ratio(1), 1))).containsExactly(12, 5, 1, 8);
        assertThat(lengths(select(new TokenShare.Count(6), 1))).containsExactly(6, 5, 1, 6);
    }

    @Test
    void drawsAnewAtEveryVisitAndTheSameForTheSameSeed() {
        assertThat(select(new TokenShare.Count(4), 7)).isDeepEqualTo(select(new TokenShare.Count(4), 7));
        assertThat(Arrays.deepEquals(select(new TokenShare.Count(4), 7), select(new TokenShare.Count(4), 8))).isFalse();
    }

    @Test
    void drawsAllOthersAlike() {
        int visits = 20_000;
        int[] counts = new int[WIDTH];
        for (long seed = 0; seed < visits; seed++) {
            Arrays.stream(select(new TokenShare.Count(4), seed)[0]).forEach(column -> counts[column]++);
        }
        double expected = visits * 3.0 / (WIDTH - 1);
        double fourDeviations = 4 * Math.sqrt(expected * (1 - 3.0 / (WIDTH - 1)));
        assertThat(counts[0]).isEqualTo(visits);
        for (int column = 1; column < WIDTH; column++) {
            assertThat((double) counts[column]).isBetween(expected - fourDeviations, expected + fourDeviations);
        }
    }

    /** Of the first row, tokens 7 to 10 predict something; of the second, 1 and 2; of the others, none. */
    @Test
    void takesTokensThatPredictSomethingBeforeAllOthers() {
        boolean[] predicting = new boolean[LENGTHS.length * WIDTH];
        Arrays.fill(predicting, 7, 11, true);
        Arrays.fill(predicting, WIDTH + 1, WIDTH + 3, true);
        TokenBatch marked = batch.withPredicting(predicting);
        Set<Integer> besides = new TreeSet<>();
        for (long seed = 0; seed < 200; seed++) {
            int[][] four = targetsFirst(new TokenShare.Count(4)).select(null, marked, seed);
            assertThat(four[0]).hasSize(4).startsWith(0);
            assertThat(Arrays.stream(four[0]).skip(1)).allMatch(column -> predicting[column]);
            assertThat(four[1]).hasSize(4).contains(0, 1, 2);
            assertThat(four[3]).hasSize(4).startsWith(0);
            Arrays.stream(targetsFirst(new TokenShare.Count(6)).select(null, marked, seed)[0])
                    .filter(column -> !predicting[column]).forEach(besides::add);
        }
        assertThat(besides).containsExactly(0, 1, 2, 3, 4, 5, 6, 11);
    }

    /** Nine tokens in ten of the prompts are the same one. */
    @Test
    void takesRareTokensOfPromptsBeforeUsualOnes() {
        int rows = 32;
        boolean[] valid = new boolean[rows * WIDTH];
        Arrays.fill(valid, true);
        long[] ids = new long[valid.length];
        for (int row = 0; row < rows; row++) {
            ids[row * WIDTH + 5] = 1 + row;
        }
        TokenBatch prompts = new TokenBatch(rows, WIDTH, ids, valid, new long[valid.length])
                .withPredicting(new boolean[valid.length]);
        int rare = 0;
        for (int[] row : targetsFirst(new TokenShare.Count(3)).select(null, prompts, 1)) {
            rare += Arrays.stream(row).anyMatch(column -> column == 5) ? 1 : 0;
        }
        assertThat(rare).isEqualTo(rows);
    }

    @Test
    void nothingComesFirstWhereNobodySaysWhatIsPredicted() {
        assertThatThrownBy(() -> targetsFirst(new TokenShare.Count(4)).select(null, batch, 1))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'targets-first'");
    }

    private static WeightedSelection targetsFirst(TokenShare share) {
        return new WeightedSelection(share, TokenImportance.TARGETS_FIRST, WeightedSelection.Anchors.FIRST);
    }

    @Test
    void readsRatiosAndCounts() {
        assertThat(TokenShare.parse("0.25")).isEqualTo(new TokenShare.Ratio(0.25));
        assertThat(TokenShare.parse("16")).isEqualTo(new TokenShare.Count(16));
        assertThat(TokenShare.parse("1.0").withFirst(9)).isEqualTo(9);
        assertThat(TokenShare.parse("1").withFirst(9)).isEqualTo(1);
        assertThatThrownBy(() -> TokenShare.parse("1.5")).hasMessageContaining("at most 1");
        assertThatThrownBy(() -> TokenShare.parse("0")).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> TokenShare.parse("half")).hasMessageContaining("0.25");
    }

    /** As the reference for language models: both ends beside, a ratio rounded down. */
    @Test
    void countsBesideBothEnds() {
        assertThat(new TokenShare.Ratio(0.3).withEnds(20)).isEqualTo(2 + 5);
        assertThat(new TokenShare.Ratio(0.999).withEnds(20)).isEqualTo(2 + 17);
        assertThat(new TokenShare.Ratio(1).withEnds(20)).isEqualTo(20);
        assertThat(new TokenShare.Count(1).withEnds(20)).isEqualTo(3);
        assertThat(new TokenShare.Count(100).withEnds(20)).isEqualTo(20);
        for (TokenShare share : new TokenShare[] {new TokenShare.Ratio(0.3), new TokenShare.Count(5)}) {
            assertThat(share.withEnds(1)).isEqualTo(1);
            assertThat(share.withEnds(2)).isEqualTo(2);
        }
    }

    private static int[] lengths(int[][] selected) {
        return Arrays.stream(selected).mapToInt(row -> row.length).toArray();
    }

    private int[][] select(TokenShare share, long seed) {
        return new WeightedSelection(share, TokenImportance.RANDOM, WeightedSelection.Anchors.FIRST)
                .select(null, batch, seed);
    }

    private static TokenBatch batch() {
        boolean[] valid = new boolean[LENGTHS.length * WIDTH];
        for (int row = 0; row < LENGTHS.length; row++) {
            Arrays.fill(valid, row * WIDTH, row * WIDTH + LENGTHS[row], true);
        }
        return new TokenBatch(LENGTHS.length, WIDTH, new long[valid.length], valid, new long[valid.length]);
    }
}
