package org.frugaltorch.finetune.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConllFileTest {
    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private ConllFile read(String name, String text, String token, String label) throws IOException {
        return ConllFile.read(file(name, text), ConllColumns.parse(token, label));
    }

    private String refused(String text, String token, String label) throws IOException {
        Path file = file("bad.conll", text);
        DataException[] caught = new DataException[1];
        assertThatThrownBy(() -> ConllFile.read(file, ConllColumns.parse(token, label)))
                .isInstanceOfSatisfying(DataException.class, failure -> caught[0] = failure);
        return caught[0].getMessage();
    }

    private static List<List<String>> words(ConllFile file) {
        return file.sentences().stream().map(TaggedSentence::words).toList();
    }

    @Test
    void readsTheFilesOfTheSharedTask() throws IOException {
        String text = """
                -DOCSTART- -X- O O

                EU NNP I-NP I-ORG
                rejects VBZ I-VP O

                Peter   NNP I-NP I-PER\s
                """;
        ConllFile file = read("eng.train", text, null, null);
        assertThat(words(file)).containsExactly(List.of("EU", "rejects"), List.of("Peter"));
        assertThat(file.labels()).containsExactly(List.of("I-ORG", "O"), List.of("I-PER"));
        assertThat(file.where(1)).endsWith("eng.train, line 6");
        assertThat(file.words()).isEqualTo(3);
        assertThat(read("eng.train", text, "1", "2").labels()).containsExactly(List.of("NNP", "VBZ"), List.of("NNP"));
        assertThat(read("eng.train", text, "2", "last").sentences().getFirst().words()).containsExactly("NNP", "VBZ");
    }

    @Test
    void readsConllU() throws IOException {
        String text = """
                # sent_id = 1
                # text = I don't 10 000
                1\tI\tI\tPRON\tPRP\t_\t2\tnsubj\t_\t_
                2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
                2\tdo\tdo\tAUX\tVBP\t_\t0\troot\t_\t_
                3\tn't\tnot\tPART\tRB\t_\t2\tadvmod\t_\t_
                3.1\tgone\tgo\tVERB\t_\t_\t_\t_\t_\t_
                4\t10 000\t10 000\tNUM\tCD\t_\t2\tobj\t_\t_

                # a comment between sentences
                1\t#\t#\tSYM\tNN\t_\t0\troot\t_\t_
                """;
        ConllFile file = read("en.conllu", text, null, null);
        assertThat(words(file)).containsExactly(List.of("I", "do", "n't", "10 000"), List.of("#"));
        assertThat(file.labels()).containsExactly(List.of("PRON", "AUX", "PART", "NUM"), List.of("SYM"));
        assertThat(read("en.conllu", text, null, "5").labels().getFirst()).containsExactly("PRP", "VBP", "RB", "CD");
        assertThat(read("en.txt", text, "2", "4").labels()).isEqualTo(file.labels());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "# a comment{n}#x O{n}a O{n}# O{n}| #x a #",
        "# b{n}a O{n}{n}# c{n}b O| a b",
        "#tag\tO{n}# a comment{n}#\tO{n}a\tO| #tag # a",
        "#comment of four words{n}a O| a"})
    void tellsCommentsFromWordsThatBeginLikeThem(String text, String expected) throws IOException {
        ConllFile file = read("tweets.conll", text.replace("{n}", "\n"), null, null);
        assertThat(String.join(" ", file.sentences().stream().flatMap(sentence -> sentence.words().stream()).toList()))
                .isEqualTo(expected);
    }

    @Test
    void keepsEverythingWhenAColumnIsAdded() throws IOException {
        String text = "# c\r\n-DOCSTART- O\n\na O \nb  O\n\n\n#x O\n";
        ConllFile file = read("a.conll", text, null, null);
        assertThat(file.withColumn(List.of(List.of("B-X", "I-X"), List.of("O"))))
                .isEqualTo("# c\n-DOCSTART- O O\n\na O B-X\nb  O I-X\n\n\n#x O O\n");
        String row = "\t_\t_\t_\t_\t_\t_\t_\t_";
        ConllFile universal = ConllFile.readWords(
                file("a.conllu", "1-2\tab" + row + "\n1\ta" + row + "\n2\tb" + row + "\n"), ConllColumns.USUAL);
        assertThat(universal.withColumn(List.of(List.of("X", "Y"))))
                .isEqualTo("1-2\tab" + row + "\t_\n1\ta" + row + "\tX\n2\tb" + row + "\tY\n");
    }

    @Test
    void aScoreInTheFirstColumnIsAWord() throws IOException {
        String row = "\t_".repeat(8) + "\tO\n";
        assertThat(words(read("scores.conll", "won" + row + "3-2" + row, null, null)))
                .containsExactly(List.of("won", "3-2"));
    }

    @Test
    void saysWhatIsWrongAndWhere() throws IOException {
        assertThat(refused("a O\nb\n", null, null)).endsWith("bad.conll, line 2: the row has 1 column where the first"
                + " row has 2 columns; columns stand between blanks in this file");
        assertThat(refused("a\tO\n\nb c O\n", null, null)).contains("line 3: the row has 1 column",
                "columns stand between tabs");
        assertThat(refused("a\tO\n\tO\n", null, null)).contains("line 2: the word is empty");
        assertThat(refused("a\tO\nb\t\n", null, null)).contains("line 2: the label is empty");
        assertThat(refused("a O\n", null, "3"))
                .contains("has 2 columns, so it has no column 3; name another with --label-column");
        assertThat(refused("a O\n", "4", null)).contains("no column 4; name another with --token-column");
        assertThat(refused("a\nb\n", null, null)).contains("has a single column, so it has words but no labels");
        assertThat(refused("a O\n", "1", "1")).contains("column 1 cannot hold both words and labels");
        assertThat(refused("a O\n", "2", null)).contains("column 2 cannot hold both");
        assertThat(refused("# only\n\n-DOCSTART- O\n", null, null)).contains("holds no words");
        assertThat(refused("", null, null)).contains("holds no words");
        assertThatThrownBy(() -> ConllFile.read(folder.resolve("none"), ConllColumns.USUAL))
                .isInstanceOf(DataException.class).hasMessageContaining("there is no data file");
        Path latin = Files.write(folder.resolve("l.conll"), "a O\nGrüße O\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ConllFile.read(latin, ConllColumns.USUAL))
                .hasMessageContaining("l.conll, line 2: the text is not UTF-8");
    }

    @Test
    void columnsAreCountedFromOne() {
        for (String bad : List.of("0", "-1", "x", "")) {
            assertThatThrownBy(() -> ConllColumns.parse(bad, null)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "--token-column takes the number of a column, counted from 1, not '" + bad + "'");
        }
        assertThatThrownBy(() -> ConllColumns.parse("last", null)).hasMessageContaining("--token-column");
        assertThatThrownBy(() -> ConllColumns.parse(null, "pos")).hasMessageContaining(", or 'last', not 'pos'");
    }
}
