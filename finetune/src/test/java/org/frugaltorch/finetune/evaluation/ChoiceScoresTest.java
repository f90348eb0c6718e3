package org.frugaltorch.finetune.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.evaluation.ChoiceQuestion.Option;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;

/** Scores by hand, and which questions serve as examples. */
class ChoiceScoresTest {
    private static ChoiceQuestion question(String name, String subject, int right, String... answers) {
        return new ChoiceQuestion(IntStream.range(0, answers.length)
                .mapToObj(i -> new Option(name, answers[i], i == right)).toList(), subject, "here");
    }

    @Test
    void lengthsAreOfLettersOrOfBytes() {
        // Four letters; four letters in seven bytes; eight letters.
        List<Option> options = question("q", "", 1, "abcd", "\u00e9\u00e9\u00e9d", "abcdefgh").options();
        double[] logLikelihoods = {-8, -7, -14};
        assertThat(ChoiceScore.ACC.of(options, logLikelihoods)).isEqualTo(1);
        assertThat(ChoiceScore.ACC_NORM.of(options, logLikelihoods)).as("-2, -1.75, -1.75: the first of the best")
                .isEqualTo(1);
        assertThat(ChoiceScore.ACC_BYTES.of(options, logLikelihoods)).as("-2, -1, -1.75").isEqualTo(1);
        assertThat(ChoiceScore.ACC_NORM.of(options, new double[] {-8, -7, -13})).as("-2, -1.75, -1.625").isEqualTo(0);
        assertThat(ChoiceScore.ACC_BYTES.of(options, new double[] {-8, -7, -13})).isEqualTo(1);
        // A letter beyond the first plane is two chars, but one letter.
        List<Option> emoji = question("q", "", 0, "\ud83d\ude00a", "abc").options();
        assertThat(ChoiceScore.ACC_NORM.of(emoji, new double[] {-2.2, -3})).as("-1.1, -1").isEqualTo(0);
    }

    @Test
    void massIsSharedByAllRightAnswersHoweverUnlikely() {
        List<Option> options =
                List.of(new Option("q", "a", true), new Option("q", "b", true), new Option("q", "c", false));
        double[] unlikely = {-2000 + Math.log(0.2), -2000 + Math.log(0.3), -2000 + Math.log(0.5)};
        assertThat(ChoiceScore.MC2.of(options, unlikely)).isCloseTo(0.5, within(1e-9));
        assertThat(ChoiceScore.MC2.of(options, new double[] {-1, -1, -1})).isCloseTo(2.0 / 3, within(1e-12));
    }

    @Test
    void meansComeWithErrorsAndBySubject() {
        List<ChoiceQuestion> questions = List.of(question("a", "s", 0, "x", "y"), question("b", "t", 0, "x", "y"),
                question("c", "t", 0, "x", "y"), question("d", "t", 0, "x", "y"));
        double[] right = {-1, -2};
        double[] wrong = {-2, -1};
        ChoiceScores scores = ChoiceScores.of(questions, List.of(right, wrong, right, right), List.of(ChoiceScore.ACC));
        ChoiceScores.Mean mean = scores.means().get(ChoiceScore.ACC);
        assertThat(mean.value()).isEqualTo(0.75);
        assertThat(mean.error()).isCloseTo(Math.sqrt(0.75 * 0.25 / 3), within(1e-12));
        assertThat(scores.asMap()).containsEntry("acc", 0.75).containsEntry("questions", 4)
                .extractingByKey("subjects").asString().contains("s=1.0").contains("t=0.66");
    }

    @Test
    void examplesAreOfTheSubjectAndNeverTheQuestionItself() {
        List<ChoiceQuestion> pool = IntStream.range(0, 10)
                .mapToObj(i -> question("q" + i, i % 2 == 0 ? "even" : "odd", 0, "right" + i, "wrong")).toList();
        Shots first = new Shots(pool, 2, Shots.Order.FIRST, 0);
        assertThat(first.before(pool.get(2), 0)).isEqualTo("q0 right0\n\nq4 right4\n\n");
        assertThat(first.before(pool.get(3), 1)).isEqualTo("q1 right1\n\nq5 right5\n\n");
        Shots random = new Shots(pool, 4, Shots.Order.RANDOM, 7);
        Set<String> seen = new HashSet<>();
        for (int index = 0; index < 50; index++) {
            String examples = random.before(pool.get(2), index);
            assertThat(examples).isEqualTo(random.before(pool.get(2), index)).doesNotContain("q2")
                    .contains("q0 right0", "q4 right4", "q6 right6", "q8 right8");
            seen.add(examples);
        }
        assertThat(seen.size()).as("orders of four").isBetween(15, 24);
        assertThat(Shots.NONE.before(pool.get(0), 0)).isEmpty();
        Shots tooMany = new Shots(pool, 5, Shots.Order.FIRST, 0);
        assertThatThrownBy(() -> tooMany.before(pool.get(0), 0)).isInstanceOf(DataException.class)
                .hasMessageContaining("only 4 questions of the subject even to take 5 examples from");
    }
}
