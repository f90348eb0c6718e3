package org.frugaltorch.finetune.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.instruction.InstructionData.Split;
import org.frugaltorch.finetune.instruction.LanguageScores;
import org.frugaltorch.finetune.instruction.LanguageTokens;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Questions to learn from are the texts that evaluation scores, and judging them in training is evaluation. */
class ChoiceDataNativeTest {
    private static final Path GOLDEN = Golden.directory("choices");
    private static final Split HALF = new Split(0.5, 1);

    private static Path file(String name) {
        return GOLDEN.resolve(name + ".jsonl");
    }

    @ParameterizedTest
    @CsvSource({"ARC_EASY, arc, llama", "ARC_CHALLENGE, arc, opt", "WINOGRANDE, winogrande, llama", "MMLU, mmlu, opt",
        "CHOICES, choices, llama"})
    void onlyTheRightAnswerIsLearnt(ChoiceTask task, String name, String model) {
        try (TensorScope scope = TensorScope.open();
                Tokenizer tokenizer = Tokenizer.open(GOLDEN);
                CausalLanguageModel decoder = Golden.languageModel(model, DType.FLOAT64)) {
            ChoiceData data = ChoiceData.read(task, file(name), file(name), HALF, tokenizer, new MaxLength(64, true));
            LanguageTokens learnt = data.texts().training();
            List<ChoiceQuestion> questions = task.read(file(name));
            assertThat(data.judged()).isEqualTo(questions);
            assertThat(learnt.size() + data.texts().withoutRoom() / 2).isEqualTo(questions.size());
            assertThat(data.texts().withoutRoom()).isZero();
            List<double[]> logLikelihoods = new ChoiceRun(decoder, tokenizer, ChoicePrompt.plain(tokenizer))
                    .logLikelihoods(questions);
            for (int i = 0; i < questions.size(); i++) {
                LanguageScores scores =
                        LanguageScores.of(decoder, learnt.part(i, i + 1), 1, tokenizer.padId());
                // What evaluation sums up, training takes the mean of. Long questions lose one token more in training,
                // which shows a model the last token too.
                if (learnt.encodings().get(i).length() < 64) {
                    assertThat(-scores.loss() * scores.targets()).as("question " + i)
                            .isCloseTo(logLikelihoods.get(i)[questions.get(i).firstRight()], within(1e-9));
                }
            }
        }
    }

    @Test
    void longQuestionsLoseTheirBeginningAndLongAnswersAreLeftOut() {
        try (Tokenizer tokenizer = Tokenizer.open(GOLDEN)) {
            LanguageTokens whole = ChoiceData.read(
                    ChoiceTask.ARC, file("arc"), file("arc"), HALF, tokenizer, new MaxLength(512, true))
                    .texts().training();
            int[] answers = IntStream.range(0, whole.size())
                    .map(i -> whole.encodings().get(i).length() - whole.promptTokens()[i]).toArray();
            int longest = Arrays.stream(answers).max().orElseThrow();
            assertThat(Arrays.stream(answers).min().orElseThrow()).isLessThan(longest);
            ChoiceData cut = ChoiceData.read(
                    ChoiceTask.ARC, file("arc"), file("arc"), HALF, tokenizer, new MaxLength(longest, true));
            int without = (int) Arrays.stream(answers).filter(length -> length == longest).count();
            assertThat(cut.texts().withoutRoom()).isEqualTo(2 * without);
            LanguageTokens kept = cut.texts().training();
            for (int i = 0, j = 0; i < whole.size(); i++) {
                if (answers[i] < longest) {
                    int[] ids = whole.encodings().get(i).ids();
                    int start = Math.max(0, ids.length - longest);
                    assertThat(kept.encodings().get(j).ids()).isEqualTo(Arrays.copyOfRange(ids, start, ids.length));
                    assertThat(kept.promptTokens()[j++]).isEqualTo(whole.promptTokens()[i] - start);
                }
            }
            assertThatThrownBy(() -> ChoiceData.read(
                            ChoiceTask.WINOGRANDE, file("winogrande"), null, HALF, tokenizer, new MaxLength(4, true)))
                    .isInstanceOf(DataException.class).hasMessageContaining("raise the maximum length");
        }
    }

    @Test
    void withoutAFileSomeAreHeldOut() {
        try (Tokenizer tokenizer = Tokenizer.open(GOLDEN)) {
            ChoiceData data = ChoiceData.read(
                    ChoiceTask.ARC, file("arc"), null, new Split(1, 3), tokenizer, new MaxLength(64, true));
            assertThat(data.judged()).hasSize(1);
            assertThat(data.texts().training().size()).isEqualTo(2);
            assertThat(data.texts().heldOut().size()).isEqualTo(1);
        }
    }

    @Test
    void judgesAsEvaluationDoes() {
        try (TensorScope scope = TensorScope.open();
                Tokenizer tokenizer = Tokenizer.open(GOLDEN);
                CausalLanguageModel model = Golden.languageModel("opt", DType.FLOAT32)) {
            List<ChoiceQuestion> questions = ChoiceTask.ARC.read(file("arc"));
            Map<String, Double> scores =
                    new ChoiceJudge(ChoiceTask.ARC, questions, tokenizer, Metric.ACC_NORM)
                            .scores(model, new KeepAll());
            List<double[]> logLikelihoods = new ChoiceRun(model, tokenizer, ChoicePrompt.plain(tokenizer))
                    .logLikelihoods(questions, "test");
            Map<ChoiceScore, ChoiceScores.Mean> expected =
                    ChoiceScores.of(questions, logLikelihoods, ChoiceTask.ARC.scores()).means();
            assertThat(scores).containsOnlyKeys("accuracy", "acc_norm", "acc_bytes")
                    .containsEntry("accuracy", expected.get(ChoiceScore.ACC).value())
                    .containsEntry("acc_norm", expected.get(ChoiceScore.ACC_NORM).value());
            assertThatThrownBy(() -> new ChoiceJudge(ChoiceTask.MMLU, questions, tokenizer, Metric.ACC_NORM))
                    .hasMessage("The best model of the task mmlu is not chosen by 'acc_norm', but by accuracy, loss");
        }
    }
}
