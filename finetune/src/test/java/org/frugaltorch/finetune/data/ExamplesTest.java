package org.frugaltorch.finetune.data;

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

class ExamplesTest {
    @TempDir
    Path directory;

    private Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private static void refused(Path file, String message) {
        assertThatThrownBy(() -> Examples.read(file, "text", null, "label"))
                .isInstanceOf(DataException.class).hasMessage(file + message);
    }

    @Test
    void readsCsvWithQuotesLinesAndExtraColumns() throws IOException {
        Path file = file("a.csv", "\ufefflabel,id,text\nyes,1,\"He said \"\"a, b\"\"\nand left\"\n\nno,2,plain \"inner\" quotes\n");
        Examples examples = Examples.read(file, "text", null, "label");
        assertThat(examples.rows()).containsExactly(
                new TextExample("He said \"a, b\"\nand left", null, "yes"),
                new TextExample("plain \"inner\" quotes", null, "no"));
        assertThat(examples.where(0)).isEqualTo(file + ", line 2");
        assertThat(examples.where(1)).isEqualTo(file + ", line 5");
        assertThat(examples.size()).isEqualTo(2);
        assertThat(examples.file()).isEqualTo(file);
    }

    @Test
    void readsTsvPairsWithWindowsLineEndsAndNoLabels() throws IOException {
        Path file = file("a.TSV", "a\tb\r\none, two\tthree\r\n\tempty first\r\n");
        assertThat(Examples.read(file, "a", "b", null).rows()).containsExactly(
                new TextExample("one, two", "three", null), new TextExample("", "empty first", null));
    }

    @Test
    void anyTextComesBackFromATable() {
        List<String> texts = List.of("tab\tcomma, \"quotes\" 'single'", "\"", "\"\"", "line\nbreak", "carriage\rreturn",
                "both\r\n", " spaces ", "#hash", "\\N", "back\\slash", "emoji \uD83D\uDE00", "\u0000\u0001\u001f", "ends with \"",
                "\ufeffmark", "-", "0");
        for (TableFormat format : TableFormat.values()) {
            Path file = directory.resolve("x." + format.name().toLowerCase(java.util.Locale.ROOT));
            format.write(file, List.of("text", "label"), texts.stream().map(text -> List.of(text, "l")).toList());
            assertThat(Examples.read(file, "text", null, "label").rows())
                    .extracting(TextExample::text).containsExactlyElementsOf(texts);
        }
        assertThatThrownBy(() -> TableFormat.CSV.write(directory.resolve("y.csv"), List.of("a"), List.of(List.of("1", "2"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(directory.resolve("y.csv")).doesNotExist();
    }

    @Test
    void readsJsonLinesAndArrays() throws IOException {
        Path lines = file("a.jsonl", "{\"text\":\"one\",\"label\":1}\n\n{\"label\":true,\"text\":\"zw\\u00f6lf\"}\n");
        Examples examples = Examples.read(lines, "text", null, "label");
        assertThat(examples.rows()).containsExactly(new TextExample("one", null, "1"), new TextExample("zwölf", null, "true"));
        assertThat(examples.where(1)).isEqualTo(lines + ", line 3");
        Path array = file("a.json", "[\n {\"text\":\"one\",\n\"label\":\"x\"},\n {\"text\":\"two\",\"label\":\"y\"}]");
        examples = Examples.read(array, "text", null, "label");
        assertThat(examples.rows()).extracting(TextExample::label).containsExactly("x", "y");
        assertThat(examples.where(1)).isEqualTo(array + ", line 4");
    }

    @Test
    void refusesTablesThatAreNotRight() throws IOException {
        refused(file("a.csv", ""), " is empty; its first row must name the columns");
        refused(file("a.csv", "text,label\n"), " holds no examples");
        refused(file("a.csv", "Text,label\na,b\n"), " has no column 'text'; its columns are Text, label");
        refused(file("a.csv", "text,text,label\na,b,c\n"), " has two columns called 'text'");
        refused(file("a.csv", "text,label\na,b\n\na,b,c\n"), ", line 4: the row has 3 fields, but the header names 2 columns;"
                + " put fields that hold separators or quotes in quotes");
        refused(file("a.csv", "text,label\na,b\nx\n"), ", line 3: the row has 1 fields, but the header names 2 columns;"
                + " put fields that hold separators or quotes in quotes");
        refused(file("a.csv", "text,label\na,b\n\"a\"x,b\n"),
                ", line 3: a quoted field is not closed properly; double the quotes inside a field");
        refused(file("a.tsv", "text\tlabel\na\tb\n\"a\tb\nc\td\n"),
                ", line 3: a quoted field is not closed properly; double the quotes inside a field");
        refused(file("a.tsv", "text\tlabel\na\t \n"), ", line 2: the label in 'label' is empty");
        refused(file("a.txt", "text,label\na,b\n"), " is of no known kind; its name must end in .csv, .tsv, .jsonl or .json");
    }

    @Test
    void refusesJsonThatIsNotRight() throws IOException {
        String good = "{\"text\":\"a\",\"label\":\"b\"}";
        Path file = file("a.jsonl", good + "\n{\"text\":\n");
        assertThatThrownBy(() -> Examples.read(file, "text", null, "label")).isInstanceOf(DataException.class)
                .hasMessageStartingWith(file + ", line 2: this is not valid JSON: ");
        refused(file("a.jsonl", good + "\n[]"), ", line 2: this is not a JSON object");
        refused(file("a.jsonl", "{\"txt\":\"a\",\"label\":\"b\"}"), ", line 1: there is no field 'text'; the fields are txt, label");
        refused(file("a.jsonl", "{\"text\":7,\"label\":\"b\"}"), ", line 1: the field 'text' is not a text");
        refused(file("a.jsonl", "{\"text\":\"a\",\"label\":[]}"), ", line 1: the field 'label' is no single label");
        refused(file("a.jsonl", "{\"text\":\"a\",\"label\":null}"), ", line 1: the label in 'label' is empty");
        refused(file("a.jsonl", "\n"), " holds no examples");
        refused(file("a.json", "[]"), " holds no examples");
        refused(file("a.json", good), " must hold an array of objects; for one object a line, name it .jsonl");
        refused(file("a.json", "[" + good + "]\n\n7"), ", line 3: the file goes on after the end of its array");
        Path array = file("a.json", "[" + good + ",\n" + good + "\n" + good + "]");
        assertThatThrownBy(() -> Examples.read(array, "text", null, "label")).isInstanceOf(DataException.class)
                .hasMessageStartingWith(array + ", line 3: this is not valid JSON: ");
        Path cut = file("a.json", "[" + good + ",\n{\"text\":");
        assertThatThrownBy(() -> Examples.read(cut, "text", null, "label")).isInstanceOf(DataException.class)
                .hasMessageStartingWith(cut + ", line 2: this is not valid JSON: ");
    }

    @Test
    void refusesMissingFilesAndOtherEncodings() throws IOException {
        Path missing = directory.resolve("none.csv");
        assertThatThrownBy(() -> Examples.read(missing, "text", null, null))
                .isInstanceOf(DataException.class).hasMessage("there is no data file " + missing);
        assertThatThrownBy(() -> Examples.read(directory, "text", null, null))
                .isInstanceOf(DataException.class).hasMessageContaining("is a directory");
        for (String name : List.of("a.csv", "a.tsv")) {
            Path latin = Files.write(directory.resolve(name), "text\nok\nk\u00e4se\n".getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(() -> Examples.read(latin, "text", null, null)).isInstanceOf(DataException.class)
                    .hasMessageContaining(", line 3: the text is not UTF-8");
        }
        Path json = Files.write(directory.resolve("a.json"), "[{\"text\":\n\"\u00e4\"}]".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Examples.read(json, "text", null, null)).isInstanceOf(DataException.class)
                .hasMessageContaining(", line 2: the text is not UTF-8");
        Path lines = Files.write(directory.resolve("b.jsonl"), "{\"text\":\"\u00e4\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Examples.read(lines, "text", null, null)).isInstanceOf(DataException.class)
                .hasMessageContaining(", line 1: the text is not UTF-8");
    }
}
