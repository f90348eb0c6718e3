package org.frugaltorch.finetune.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.frugaltorch.finetune.evaluation.ChoiceQuestion.Option;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How published sets of questions are worded. */
class ChoiceFormsTest {
    @TempDir
    Path directory;

    private ChoiceQuestion read(ChoiceTask task, String json) throws IOException {
        return task.read(Files.writeString(directory.resolve("q.jsonl"), json)).getFirst();
    }

    @Test
    void bothFormsOfArcAreTheSameQuestion() throws IOException {
        List<Option> expected = List.of(new Option("Question: Hot?\nAnswer:", "ice", false),
                new Option("Question: Hot?\nAnswer:", "fire", true));
        assertThat(read(ChoiceTask.ARC, """
                {"id": "1", "question": {"stem": "Hot?", "choices": [{"text": "ice", "label": "A"}, {"text": "fire", \
                "label": "B"}]}, "answerKey": "B"}""").options()).isEqualTo(expected);
        assertThat(read(ChoiceTask.ARC, """
                {"question": "Hot?", "choices": {"text": ["ice", "fire"], "label": ["1", "2"]}, "answerKey": "2"}""")
                .options()).isEqualTo(expected);
    }

    @Test
    void hellaSwagLosesItsMarkup() throws IOException {
        assertThat(read(ChoiceTask.HELLASWAG, """
                {"activity_label": "Tea", "ctx_a": "Cook [step] it. [title] Now", "ctx_b": "the ABBOT", "label": "1", \
                "endings": ["[header] sits  down.", " drinks [title] it. "]}""").options()).containsExactly(
                new Option("Tea: Cook it.. Now The abbot", " sits down.", false),
                new Option("Tea: Cook it.. Now The abbot", "drinks. it.", true));
    }

    @Test
    void winoGrandeScoresTheRestOfTheSentence() throws IOException {
        assertThat(read(ChoiceTask.WINOGRANDE, """
                {"sentence": "Ann thanked Sue as _ had helped.", "option1": "Ann", "option2": "Sue", "answer": "2"}""")
                .options()).containsExactly(new Option("Ann thanked Sue as Ann", "had helped.", false),
                new Option("Ann thanked Sue as Sue", "had helped.", true));
    }

    @Test
    void mmluAsksForALetter() throws IOException {
        for (String answer : List.of("1", "\"B\"", "\"1\"")) {
            ChoiceQuestion question = read(ChoiceTask.MMLU, "{\"question\": \" Hot? \", \"subject\": \"heat\", "
                    + "\"choices\": [\"ice\", \"fire\"], \"answer\": " + answer + "}");
            String context = "Hot?\nA. ice\nB. fire\nAnswer:";
            assertThat(question.options()).containsExactly(
                    new Option(context, "A", false), new Option(context, "B", true));
            assertThat(question.subject()).isEqualTo("heat");
        }
    }

    @Test
    void bothFormsOfTruthfulQaAreTheSameQuestion() throws IOException {
        String context = "Q: Hot?\nA:";
        List<Option> expected = List.of(new Option(context, "Fire", true), new Option(context, "The sun", true),
                new Option(context, "Ice", false));
        assertThat(read(ChoiceTask.TRUTHFULQA, """
                {"question": "Hot?", "mc2_targets": {"choices": ["Fire", "The sun", "Ice"], "labels": [1, 1, 0]}}""")
                .options()).isEqualTo(expected);
        assertThat(read(ChoiceTask.TRUTHFULQA, """
                {"question": "Hot?", "mc2_targets": {"Fire": 1, "The sun": 1, "Ice": 0}}""").options())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "ARC | {\"question\": \"x\"} | the field 'choices.text' is missing; the fields are question",
        "ARC | {\"question\": \"x\", \"choices\": {\"text\": [\"a\"], \"label\": [\"A\"]}, \"answerKey\": \"C\"}"
                + " | the field 'answerKey' is 'C', which is none of A",
        "ARC | {\"question\": \"x\", \"choices\": {\"text\": [\"a\"], \"label\": []}, \"answerKey\": \"C\"}"
                + " | there are 1 choices, but 0 labels",
        "WINOGRANDE | {\"sentence\": \"x\", \"option1\": \"a\", \"option2\": \"b\", \"answer\": \"1\"}"
                + " | the sentence has no gap '_'",
        "WINOGRANDE | {\"sentence\": \"_\", \"option1\": \"a\", \"option2\": \"b\", \"answer\": \"1\"}"
                + " | an answer is empty",
        "HELLASWAG | {\"activity_label\": \"x\", \"ctx_a\": \"\", \"ctx_b\": \"\", \"endings\": [\"a\", \"b\"],"
                + " \"label\": \"\"} | the field 'label' is '', which is none of 0, 1",
        "CHOICES | {\"context\": \"x\", \"choices\": \"a\", \"answer\": 0} | the field 'choices' is not an array",
        "CHOICES | {\"context\": \"x\", \"choices\": [\"a\"], \"answer\": 0} | at least two answers",
        "CHOICES | {\"context\": \"x\", \"choices\": [\"a\", \"b\"], \"answer\": 2} | which is none of 0, 1",
        "TRUTHFULQA | {\"question\": \"x\", \"mc2_targets\": {\"a\": 0, \"b\": 0}}"
                + " | none of the answers is the right one",
        "MMLU | {\"question\": 3, \"choices\": [\"a\", \"b\"], \"answer\": 0} | the field 'question' is not a text"})
    void badRowsAreToldWithTheirLine(ChoiceTask task, String json, String problem) {
        assertThatThrownBy(() -> read(task, "\n" + json)).isInstanceOf(DataException.class)
                .hasMessageContaining("q.jsonl, line 2: ").hasMessageContaining(problem);
    }

    @Test
    void anEmptyFileAndAnUnknownTaskAreRefused() {
        assertThatThrownBy(() -> read(ChoiceTask.ARC, "\n")).isInstanceOf(DataException.class)
                .hasMessageEndingWith("holds no questions");
        assertThat(ChoiceTask.named("WinoGrande")).isEqualTo(ChoiceTask.WINOGRANDE);
        assertThatThrownBy(() -> ChoiceTask.named("glue")).hasMessageContaining("choose one of arc, hellaswag");
    }
}
