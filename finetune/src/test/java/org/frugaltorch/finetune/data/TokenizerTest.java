package org.frugaltorch.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
    private static final List<String> VOCABULARY = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat",
            "##s", "on", "mat", ".", "uber", "Cat");
    private static final MaxLength CUT_AT_6 = new MaxLength(6, true);
    private static final MaxLength UP_TO_6 = new MaxLength(6, false);

    @TempDir
    Path directory;

    @BeforeEach
    void writeVocabulary() throws IOException {
        Files.write(directory.resolve("vocab.txt"), VOCABULARY);
    }

    @Test
    void splitsAsBertDoesFromAVocabularyAlone() {
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            Encoding one = tokenizer.encode("The CATS sat.", null, new MaxLength(20, false));
            assertThat(one.ids()).containsExactly(2, 5, 6, 8, 7, 11, 3);
            assertThat(one.typeIds()).containsOnly(0);
            Encoding pair = tokenizer.encode("\u00dcber", "dog", new MaxLength(20, false));
            assertThat(pair.ids()).containsExactly(2, 12, 3, 1, 3);
            assertThat(pair.typeIds()).containsExactly(0, 0, 0, 1, 1);
            assertThat(tokenizer.encode("", null, UP_TO_6).ids()).containsExactly(2, 3);
            assertThat(tokenizer.encode("the [MASK]", null, UP_TO_6).ids()).containsExactly(2, 5, 4, 3);
            assertThat(tokenizer.decode(one.ids(), true)).isEqualTo("the cats sat.");
            assertThat(tokenizer.decode(one.ids(), false)).startsWith("[CLS]");
        }
    }

    @Test
    void keepsCaseWhenTheConfigurationSaysSo() throws IOException {
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"do_lower_case\":false}");
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThat(tokenizer.encode("Cat cat", null, UP_TO_6).ids()).containsExactly(2, 13, 6, 3);
        }
    }

    @Test
    void cutsOnlyWhenAskedTo() {
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThat(tokenizer.encode("the cat sat on the mat", null, CUT_AT_6).ids()).containsExactly(2, 5, 6, 7, 9, 3);
            assertThat(tokenizer.encode("the cat sat on", "mat", new MaxLength(7, true)).ids())
                    .as("the longer text is cut").containsExactly(2, 5, 6, 7, 3, 10, 3);
            assertThat(tokenizer.encode("the", null, CUT_AT_6).ids()).as("and nothing is padded").containsExactly(2, 5, 3);
            assertThatThrownBy(() -> tokenizer.encode("the cat sat on the mat", null, UP_TO_6))
                    .isInstanceOf(DataException.class).hasMessage("the text has 8 tokens, more than the maximum length of 6; "
                            + "shorten it, raise the maximum, or allow truncation");
        }
        assertThatThrownBy(() -> new MaxLength(3, true)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesTheRowThatIsTooLong() throws IOException {
        StringBuilder rows = new StringBuilder("text\n");
        for (int row = 0; row < 1500; row++) {
            rows.append(row == 1234 ? "the cat sat on the mat\n" : "cat " + "sat ".repeat(row % 3) + "\n");
        }
        Examples examples = Examples.read(Files.writeString(directory.resolve("d.csv"), rows), "text", null, null);
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThatThrownBy(() -> tokenizer.encodeAll(examples, UP_TO_6)).isInstanceOf(DataException.class)
                    .hasMessageStartingWith(examples.file() + ", line 1236 has 8 tokens");
            List<Encoding> encodings = tokenizer.encodeAll(examples, CUT_AT_6);
            assertThat(encodings).hasSize(1500);
            for (int row = 0; row < 1500; row += 7) {
                assertThat(encodings.get(row).length()).isEqualTo(3 + row % 3);
            }
        }
    }

    @Test
    void tokenizesPairsFromAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("d.csv"), "a,b\nthe cat,sat\non,the mat\n");
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            List<Encoding> encodings = tokenizer.encodeAll(Examples.read(file, "a", "b", null), new MaxLength(20, false));
            assertThat(encodings.get(1).ids()).containsExactly(2, 9, 3, 5, 10, 3);
            assertThat(encodings.get(1).typeIds()).containsExactly(0, 0, 0, 1, 1, 1);
        }
    }

    @Test
    void ignoresPaddingAndTruncationOfTheFile() throws IOException {
        ObjectNode json = (ObjectNode) new JsonMapper().readTree(
                WordPieceTokenizer.toJson(directory.resolve("vocab.txt"), VOCABULARY, true));
        json.putObject("truncation").put("direction", "Right").put("max_length", 4).put("strategy", "LongestFirst")
                .put("stride", 0);
        json.putObject("padding").put("direction", "Right").putNull("pad_to_multiple_of").put("pad_id", 0)
                .put("pad_type_id", 0).put("pad_token", "[PAD]").putObject("strategy").put("Fixed", 10);
        Files.writeString(directory.resolve("tokenizer.json"), json.toString());
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThat(tokenizer.encode("the cat sat on the mat", null, new MaxLength(20, false)).length()).isEqualTo(8);
            assertThat(tokenizer.encode("the", null, new MaxLength(20, true)).length()).isEqualTo(3);
        }
    }

    @Test
    void longTextIsNotCutUnasked() {
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            String text = "cat ".repeat(3000);
            assertThat(tokenizer.encode(text, null, new MaxLength(4000, false)).length()).isEqualTo(3002);
            assertThat(tokenizer.encode(text, null, new MaxLength(2000, true)).length()).isEqualTo(2000);
        }
    }

    @Test
    void oddTextDoesNoHarm() {
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            for (String odd : List.of("\uD83D\uDE00 cat", "\uD83D cat", "\u0000cat", "cat\uDE00", "\u202e\u0301", "\uffff")) {
                assertThat(tokenizer.encode(odd, null, new MaxLength(20, false)).length()).isGreaterThanOrEqualTo(2);
                assertThat(tokenizer.encode("cat", odd, new MaxLength(20, false)).length()).isGreaterThanOrEqualTo(3);
            }
        }
    }

    @Test
    void knowsTheTokensThatAreNoText() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThat(tokenizer.padId()).isZero();
            assertThat(tokenizer.maskId()).hasValue(4);
            assertThat(tokenizer.idOf("[SEP]")).hasValue(3);
            assertThat(tokenizer.idOf("cat")).isEmpty();
            assertThat(tokenizer.isSpecial(2)).isTrue();
            assertThat(tokenizer.isSpecial(6)).isFalse();
        }
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"pad_token\":{\"content\":\"[SEP]\"}}");
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThat(tokenizer.padId()).isEqualTo(3);
        }
    }

    @Test
    void refusesDamagedFiles() throws IOException {
        Path file = directory.resolve("tokenizer.json");
        for (String json : List.of("", "[]", "{\"model\":", "{}", "{\"model\":{\"type\":\"None\"}}")) {
            Files.writeString(file, json);
            assertThatThrownBy(() -> Tokenizer.open(directory).close())
                    .isInstanceOf(DataException.class).hasMessageStartingWith(file.toString());
        }
        Files.delete(file);
        Files.write(directory.resolve("vocab.txt"), List.of("[PAD]", "a", "a"));
        assertThatThrownBy(() -> Tokenizer.open(directory).close()).isInstanceOf(DataException.class)
                .hasMessageContaining("has the token 'a' on line 2 and again on line 3");
        Files.write(directory.resolve("vocab.txt"), List.of("[PAD]", "a"));
        assertThatThrownBy(() -> Tokenizer.open(directory).close()).isInstanceOf(DataException.class)
                .hasMessageContaining("the token [UNK] is missing");
        Files.delete(directory.resolve("vocab.txt"));
        assertThatThrownBy(() -> Tokenizer.open(directory).close()).isInstanceOf(DataException.class)
                .hasMessageContaining("has neither tokenizer.json nor vocab.txt");
    }
}
