package org.frugaltorch.finetune.instruction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.TextInputs;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.instruction.InstructionFiles.Fields;
import org.frugaltorch.finetune.model.LanguageBatch;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenGroup;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From files to labels. */
class InstructionDataTest {
    private static final PromptTemplate BARE = new PromptTemplate("{instruction} {input} :", "{instruction} :", ":");

    @TempDir
    Path directory;

    @Test
    void readsOneFileOrAllOfADirectory() throws IOException {
        Files.writeString(directory.resolve("b.jsonl"),
                "{\"instruction\": \"say\", \"input\": null, \"output\": \"hello\", \"data_source\": \"x\"}\n\n"
                        + "{\"instruction\": \"say\", \"output\": \"one\"}\n");
        Files.writeString(directory.resolve("a.json"),
                "[{\"instruction\": \"add\", \"input\": \"one and two\", \"output\": \"three\"}]");
        Files.writeString(directory.resolve("readme.txt"), "not data");
        List<InstructionExample> all = InstructionFiles.read(directory, Fields.USUAL);
        assertThat(all).extracting(InstructionExample::output).containsExactly("three", "hello", "one");
        assertThat(all).extracting(InstructionExample::input).containsExactly("one and two", "", "");
        assertThat(all.get(2).where()).endsWith("b.jsonl, line 3");
        assertThat(InstructionFiles.read(directory.resolve("a.json"), Fields.USUAL)).hasSize(1);
    }

    @Test
    void saysWhereDataIsWrong() throws IOException {
        Path file = directory.resolve("bad.jsonl");
        Files.writeString(file, "{\"instruction\": \"say\", \"output\": \"hello\"}\n{\"instruction\": \"say\"}\n");
        assertThatThrownBy(() -> InstructionFiles.read(file, Fields.USUAL)).isInstanceOf(DataException.class)
                .hasMessageContaining("line 2").hasMessageContaining("'output' is missing or empty")
                .hasMessageContaining("the fields are instruction");
        Files.writeString(file, "{\"instruction\": 3, \"output\": \"hello\"}\n");
        assertThatThrownBy(() -> InstructionFiles.read(file, Fields.USUAL)).isInstanceOf(DataException.class)
                .hasMessageContaining("line 1: the field 'instruction' is not a text");
        assertThatThrownBy(() -> InstructionFiles.read(directory.resolve("none.json"), Fields.USUAL))
                .isInstanceOf(DataException.class).hasMessageContaining("no data file");
        assertThatThrownBy(() -> InstructionFiles.read(Files.createDirectory(directory.resolve("empty")), Fields.USUAL))
                .isInstanceOf(DataException.class).hasMessageContaining("holds no examples");
    }

    @Test
    void templatesFillInOncePlaceByPlace() {
        InstructionExample both = new InstructionExample("name {input} $1", "a {instruction}", "", "");
        assertThat(PromptTemplate.PLAIN.prompt(both)).isEqualTo(
                "### Instruction:\nname {input} $1\n\n### Input:\na {instruction}\n\n### Response:\n");
        InstructionExample without = new InstructionExample("name it", " ", "", "");
        String prompt = PromptTemplate.PLAIN.prompt(without);
        assertThat(prompt).isEqualTo("### Instruction:\nname it\n\n### Response:\n");
        assertThat(PromptTemplate.PLAIN.answer(prompt + " a name\n")).isEqualTo("a name");
    }

    @Test
    void templatesComeFromFiles() throws IOException {
        Path file = directory.resolve("template.json");
        Files.writeString(file, "{\"description\": \"short\", \"prompt_input\": \"{instruction} {input} :\","
                + " \"prompt_no_input\": \"{instruction} :\", \"response_split\": \":\"}");
        assertThat(PromptTemplate.read(file)).isEqualTo(BARE);
        Files.writeString(file, "{\"prompt_input\": \"{instruction} :\", \"prompt_no_input\": \"do it :\","
                + " \"response_split\": \"Response\"}");
        assertThatThrownBy(() -> PromptTemplate.read(file)).isInstanceOf(DataException.class)
                .hasMessageContaining("prompt_input has no {input}")
                .hasMessageContaining("prompt_no_input has no {instruction}").hasMessageContaining("response_split");
        Files.writeString(file, "{}");
        assertThatThrownBy(() -> PromptTemplate.read(file)).isInstanceOf(DataException.class)
                .hasMessageContaining("no text prompt_input");
    }

    private static final InstructionExample LONG = new InstructionExample("add", "one and two", "three", "first");
    private static final InstructionExample SHORT = new InstructionExample("say", "", "hello hello", "second");

    @Test
    void promptsAndPaddingAreNotLearnt() throws IOException {
        LanguageTokens tokens = tokens(new MaxLength(20, true), 2);
        assertThat(tokens.encodings().get(0).ids()).containsExactly(1, 3, 4, 5, 6, 10, 7, 2);
        assertThat(tokens.encodings().get(1).ids()).containsExactly(1, 8, 10, 9, 9, 2);
        Batch batch = new Batcher(new TextInputs(tokens.encodings()), new BatchSettings(2, false, 0, 0, 0, 0)).epoch(0).iterator().next();
        LanguageBatch labelled = tokens.labelled(batch);
        assertThat(labelled.labels()).containsExactly(
                -100, -100, -100, -100, -100, -100, 7, 2, -100, -100, -100, 9, 9, 2, -100, -100);
        assertThat(labelled.targetCount()).isEqualTo(5);
        LanguageBatch.Targets targets = labelled.targets(TokenGroup.all(labelled.tokens()));
        assertThat(targets.slots()).as("the token before each predicts it").containsExactly(5, 6, 10, 11, 12);
        assertThat(targets.labels()).containsExactly(7, 2, 9, 9, 2);
    }

    @Test
    void selectedTokensPredictWhatComesNextInTheWholeSequence() throws IOException {
        LanguageTokens tokens = tokens(new MaxLength(20, true), 2);
        Batch batch = new Batcher(new TextInputs(tokens.encodings()), new BatchSettings(2, false, 0, 0, 0, 0)).epoch(0).iterator().next();
        LanguageBatch labelled = tokens.labelled(batch);
        TokenGroup some = TokenGroup.of(labelled.tokens(), new int[][] {{0, 5, 7}, {0, 2, 4, 5}});
        LanguageBatch.Targets targets = labelled.targets(some);
        assertThat(targets.slots()).containsExactly(1, 5, 6);
        assertThat(targets.labels()).containsExactly(7, 9, 2);
    }

    @Test
    void leftPaddingMovesNothing() {
        boolean[] valid = {false, false, true, true, true};
        LanguageBatch batch = new LanguageBatch(
                new TokenBatch(1, 5, new long[] {0, 0, 1, 8, 9}, valid, new long[5]), new long[] {-100, -100, 1, -100, 9});
        assertThat(batch.targets(TokenGroup.all(batch.tokens())).slots()).containsExactly(3);
        assertThat(batch.targets(TokenGroup.all(batch.tokens())).labels()).containsExactly(9);
        assertThat(batch.tokens().predicting()).containsExactly(false, false, false, true, false);
    }

    @Test
    void cutsAnswersAndLeavesOutWhatHasNone() throws IOException {
        LanguageTokens cut = tokens(new MaxLength(5, true), 2);
        assertThat(cut.encodings()).hasSize(1);
        assertThat(cut.encodings().getFirst().ids()).as("no room for an end").containsExactly(1, 8, 10, 9, 9);
        assertThatThrownBy(() -> tokens(new MaxLength(6, false), 2)).isInstanceOf(DataException.class)
                .hasMessageContaining("first has 7 tokens");
        LanguageTokens open = tokens(new MaxLength(20, true), -1);
        assertThat(open.encodings().get(1).ids()).containsExactly(1, 8, 10, 9, 9);
    }

    private LanguageTokens tokens(MaxLength limit, int endId) throws IOException {
        DecoderTokenizer.write(directory);
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThat(tokenizer.eosId()).hasValue(2);
            return LanguageTokens.of(List.of(LONG, SHORT), BARE, tokenizer, limit, endId);
        }
    }

    // ---- splits -----------------------------------------------------------------------------------------------------

    private Path numbered(String name, int count) throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < count; i++) {
            rows.append("{\"instruction\": \"").append("one ".repeat(i + 1)).append("\", \"output\": \"two\"}\n");
        }
        return Files.writeString(directory.resolve(name), rows);
    }

    private static int[] lengths(LanguageTokens tokens) {
        return tokens.encodings().stream().mapToInt(encoding -> encoding.length()).toArray();
    }

    private InstructionData read(Path training, Path heldOut, InstructionData.Split split) throws IOException {
        DecoderTokenizer.write(directory);
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            return InstructionData.read(new InstructionData.Files(training, heldOut, Set.of("airoboros")), split,
                    examples -> LanguageTokens.of(examples, BARE, tokenizer, new MaxLength(20, true), -1));
        }
    }

    @Test
    void someExamplesAreHeldOutByASeed() throws IOException {
        Path rows = numbered("rows.jsonl", 10);
        InstructionData data = read(rows, null, new InstructionData.Split(0.3, 7));
        assertThat(data.training().size()).isEqualTo(7);
        assertThat(data.heldOut().size()).isEqualTo(3);
        assertThat(IntStream.concat(IntStream.of(lengths(data.training())), IntStream.of(lengths(data.heldOut()))))
                .as("every example once").containsExactlyInAnyOrder(4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
        assertThat(lengths(read(rows, null, new InstructionData.Split(3, 7)).heldOut()))
                .as("the same number by the same seed").isEqualTo(lengths(data.heldOut()));
        assertThat(IntStream.range(8, 28).mapToObj(seed -> new InstructionData.Split(3, seed).heldOut(10)).distinct())
                .as("others by others").hasSizeGreaterThan(10);
        assertThat(new InstructionData.Split(0.01, 7).heldOut(10)).hasSize(1);
    }

    @Test
    void whatIsLeftOutIsCounted() throws IOException {
        Path rows = numbered("rows.jsonl", 20);
        Files.writeString(rows, Files.readString(rows)
                + "{\"instruction\": \"add\", \"output\": \"one\", \"data_source\": \"airoboros\"}\n"
                + "{\"instruction\": \"add\", \"output\": \"one\", \"data_source\": \"leetcode\"}\n");
        InstructionData data = read(rows, numbered("others.jsonl", 2), new InstructionData.Split(0.3, 7));
        assertThat(data.excluded()).isEqualTo(1);
        assertThat(data.heldOut().size()).isEqualTo(2);
        assertThat(data.withoutRoom()).as("<s>, so many ones and a colon are 20 tokens or more").isEqualTo(3);
        assertThat(data.training().size()).isEqualTo(21 - 3);
    }

    @Test
    void splitsThatLeaveNothing() {
        assertThatThrownBy(() -> new InstructionData.Split(5, 1).heldOut(5)).isInstanceOf(DataException.class)
                .hasMessageContaining("Of 5 examples, 5 to judge by leave none to learn from");
        for (double size : new double[] {0, -1, 2.5, Double.NaN}) {
            assertThatThrownBy(() -> new InstructionData.Split(size, 1)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a share below 1 or a number");
        }
    }
}
