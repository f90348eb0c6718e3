package org.frugaltorch.finetune.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Words to pieces, against Transformers' own reading of split texts. */
class WordTokenizerTest {
    private static final Path WORDS = Golden.directory("tagging-words");

    @TempDir
    private Path folder;

    private ConllFile file(String text) throws IOException {
        return ConllFile.read(Files.writeString(folder.resolve("words.conll"), text), ConllColumns.USUAL);
    }

    private static Tokenizer bert() {
        return Tokenizer.open(WORDS.resolve("bert"));
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
    }

    @Test
    void readsSplitTextsAsTransformersDoes() throws IOException {
        JsonNode cases = new ObjectMapper().readTree(WORDS.resolve("expected.json").toFile());
        assertThat(cases.size()).isEqualTo(20);
        for (JsonNode one : cases) {
            Path directory = one.path("tokenizer").asText().equals("bert")
                    ? WORDS.resolve("bert") : Golden.directory("tokenizer-roberta");
            StringBuilder rows = new StringBuilder();
            one.path("words").forEach(word -> rows.append(word.asText()).append("\tO\n"));
            try (Tokenizer tokenizer = Tokenizer.open(directory)) {
                ConllFile file = file(rows.toString());
                WordPieces pieces = new WordTokenizer(tokenizer, new MaxLength(one.path("limit").intValue(), true))
                        .cut(file.texts(), file::where).getFirst();
                assertThat(pieces.encoding().ids()).as(one.toString()).isEqualTo(ints(one.path("ids")));
                assertThat(pieces.words()).as(one.toString()).isEqualTo(ints(one.path("first")));
                assertThat(pieces.encoding().typeIds()).containsOnly(0);
            }
        }
    }

    @Test
    void onlyFirstPiecesBearLabelsAndWhatIsCutOffIsCounted() throws IOException {
        ConllFile file = file("in A\nunbelievable B\nit C\nmany A\n\nin C\n");
        LabelSet labels = LabelSet.of(List.of("A", "B", "C"));
        try (Tokenizer tokenizer = bert()) {
            TaggedTokens all = TaggedTokens.of(
                    file, new WordTokenizer(tokenizer, new MaxLength(32, true)).cut(file.texts(), file::where), labels);
            assertThat(all.labels()[0]).containsExactly(-100, 0, 1, -100, -100, 2, 0, -100);
            assertThat(all.labels()[1]).containsExactly(-100, 2, -100);
            assertThat(all.lostWords()).isZero();
            assertThat(all.tokens()).isEqualTo(11);
            TaggedTokens cut = TaggedTokens.of(
                    file, new WordTokenizer(tokenizer, new MaxLength(6, true)).cut(file.texts(), file::where), labels);
            assertThat(cut.labels()[0]).containsExactly(-100, 0, 1, -100, -100, -100);
            assertThat(cut.lostWords()).isEqualTo(2);
            assertThat(cut.cutSentences()).isEqualTo(1);
            WordTokenizer strict = new WordTokenizer(tokenizer, new MaxLength(6, false));
            assertThatThrownBy(() -> strict.cut(file.texts(), file::where)).isInstanceOf(DataException.class).hasMessageContaining(
                    "words.conll, line 1: the sentence has 8 tokens, more than the maximum length of 6");
        }
    }

    /** Whatever the limit, every word of every sentence is read once, in order. */
    @Test
    void inPartsNothingIsLost() throws IOException {
        ConllFile file = file("in A\nunbelievable B\nit C\nmany A\nlonger A\n\nin C\nunbelievable B\n");
        try (Tokenizer tokenizer = bert()) {
            for (int limit = 4; limit < 14; limit++) {
                List<List<Integer>> seen = List.of(new ArrayList<>(), new ArrayList<>());
                for (WordPieces part : new WordTokenizer(tokenizer, new MaxLength(limit, true)).parts(file.texts(), file::where)) {
                    assertThat(part.encoding().length()).isLessThanOrEqualTo(limit);
                    assertThat(part.encoding().ids()).startsWith(2).endsWith(3);
                    Arrays.stream(part.words()).filter(word -> word >= 0).forEach(seen.get(part.sentence())::add);
                }
                assertThat(seen.get(0)).isEqualTo(IntStream.range(0, 5).boxed().toList());
                assertThat(seen.get(1)).isEqualTo(IntStream.range(0, 2).boxed().toList());
            }
        }
    }

    @Test
    void aWordOfWhichNothingIsLeftIsReadAsUnknown() throws IOException {
        ConllFile file = file("in A\n\u200b B\n");
        try (Tokenizer tokenizer = bert()) {
            WordPieces pieces = new WordTokenizer(tokenizer, new MaxLength(32, true)).cut(file.texts(), file::where).getFirst();
            assertThat(pieces.encoding().ids()).containsExactly(2, 9, 1, 3);
            assertThat(pieces.words()).containsExactly(-1, 0, 1, -1);
        }
    }

    @Test
    void anUnknownLabelIsToldWithItsLine() throws IOException {
        ConllFile file = file("in A\n\nit X\n");
        try (Tokenizer tokenizer = bert()) {
            WordTokenizer words = new WordTokenizer(tokenizer, new MaxLength(32, true));
            LabelSet labels = LabelSet.of(List.of("A", "B"));
            assertThatThrownBy(() -> JudgedSentences.of(file, words, labels))
                    .isInstanceOf(DataException.class).hasMessageEndingWith(
                            "words.conll, line 3: the label 'X' is not known from training; known are A, B");
        }
    }
}
