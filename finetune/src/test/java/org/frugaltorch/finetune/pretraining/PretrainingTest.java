package org.frugaltorch.finetune.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.instruction.DecoderTokenizer;
import org.frugaltorch.finetune.instruction.LanguageTokens;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What training from scratch starts from: texts as rows of tokens, and a shape. */
class PretrainingTest {
    @TempDir
    Path directory;

    private static List<List<Integer>> ids(LanguageTokens rows) {
        assertThat(rows.promptTokens()).hasSize(rows.size()).containsOnly(0);
        return rows.encodings().stream().map(Encoding::ids).map(row -> Arrays.stream(row).boxed().toList()).toList();
    }

    @Test
    void everyTextHasRowsOfItsOwnOrTheyAreFilledUp() throws IOException {
        DecoderTokenizer.write(directory);
        List<String> texts = List.of("add one and two", "say hello", "add");
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThat(ids(new TextRows(10, false).of(texts, tokenizer))).containsExactly(
                    List.of(1, 3, 4, 5, 6, 2), List.of(1, 8, 9, 2), List.of(1, 3, 2));
            assertThat(ids(new TextRows(5, false).of(texts, tokenizer))).as("a row of one token predicts nothing")
                    .containsExactly(List.of(1, 3, 4, 5, 6), List.of(1, 8, 9, 2), List.of(1, 3, 2));
            assertThat(ids(new TextRows(4, false).of(texts, tokenizer))).containsExactly(
                    List.of(1, 3, 4, 5), List.of(6, 2), List.of(1, 8, 9, 2), List.of(1, 3, 2));
            assertThat(ids(new TextRows(5, true).of(texts, tokenizer))).containsExactly(
                    List.of(1, 3, 4, 5, 6), List.of(2, 1, 8, 9, 2), List.of(1, 3, 2));
        }
        assertThatThrownBy(() -> new TextRows(1, true)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theShapeFollowsTheTokenizer() throws IOException {
        DecoderTokenizer.write(directory);
        ModelShape tiny = ModelShape.named("tiny-llama");
        assertThat(tiny.vocabularySize()).isEqualTo(8192);
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            ModelDirectory model = tiny.with(directory, tokenizer);
            assertThat(model.config().vocabSize()).isEqualTo(8192);
            assertThat(model.json().path("bos_token_id").asInt()).isEqualTo(1);
            assertThat(model.json().path("eos_token_id").asInt()).isEqualTo(2);
            Path small = Files.writeString(directory.resolve("small.json"), """
                    {"model_type": "llama", "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
                     "intermediate_size": 32, "max_position_embeddings": 32, "bos_token_id": 77}""");
            assertThat(ModelShape.named(small.toString()).with(directory, tokenizer).config().vocabSize())
                    .isEqualTo(DecoderTokenizer.VOCABULARY.size());
            assertThatThrownBy(() -> ModelShape.named(small.toString()).vocabularySize())
                    .isInstanceOf(DataException.class).hasMessageContaining("has no vocab_size");
        }
    }

    @Test
    void aTokenizerOfAnEncoderServesToo() throws IOException {
        Files.write(directory.resolve("vocab.txt"), List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "cat"));
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThat(ids(new TextRows(10, false).of(List.of("a cat"), tokenizer)))
                    .containsExactly(List.of(2, 5, 6, 3));
            ModelDirectory model = ModelShape.named("tiny-llama").with(directory, tokenizer);
            assertThat(model.json().path("bos_token_id").asInt()).isEqualTo(2);
            assertThat(model.json().path("eos_token_id").asInt()).isEqualTo(3);
        }
    }

    @Test
    void whatCannotBeReadIsToldInASentence() throws IOException {
        assertThatThrownBy(() -> ModelShape.named("huge-llama")).isInstanceOf(DataException.class)
                .hasMessageContaining("huge-llama").hasMessageContaining("one of the shapes tiny-llama");
        Path list = Files.writeString(directory.resolve("c.json"), "[]");
        assertThatThrownBy(() -> ModelShape.named(list.toString())).isInstanceOf(DataException.class)
                .hasMessageEndingWith("c.json is no JSON object");
        Path blank = Files.writeString(directory.resolve("b.txt"), "\n \n");
        assertThatThrownBy(() -> PlainTexts.read(blank, "text")).isInstanceOf(DataException.class)
                .hasMessageEndingWith("holds no text");
        assertThat(PlainTexts.read(Files.writeString(directory.resolve("t.txt"), "one\n\ntwo\n"), "text"))
                .containsExactly("one", "two");
        Path rows = Files.writeString(directory.resolve("t.jsonl"), "{\"body\": \"one\\ntwo\"}");
        assertThat(PlainTexts.read(rows, "body"))
                .containsExactly("one\ntwo");
    }
}
