package org.frugaltorch.finetune.tagging;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.frugaltorch.finetune.data.TextLines;
import org.frugaltorch.io.DataException;

/**
 * Reads one file. Its first row says how columns are told apart and how many there are: where it has a tab, columns
 * stand between tabs and may hold blanks.
 */
final class ConllReader {
    private static final String COMMENT = "#";
    private static final String DOCUMENT = "-DOCSTART-";
    private static final String TAB = "\t";
    private static final int CONLL_U_COLUMNS = 10;
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    /** A range of words written as one, or a word that was left out. */
    private static final Pattern NO_WORD = Pattern.compile("\\d+-\\d+|\\d+\\.\\d+");

    private final Path file;
    private final boolean tabs;
    private final int width;
    private final int token;
    private final int label;
    private final List<ConllLine> lines = new ArrayList<>();
    private final List<TaggedSentence> sentences = new ArrayList<>();
    private final List<String> words = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();

    private ConllReader(Path file, String firstRow, ConllColumns columns, boolean labelled) {
        this.file = file;
        this.tabs = firstRow.contains(TAB);
        this.width = fields(firstRow).length;
        this.token = columns.tokenIn(file, width);
        this.label = labelled ? columns.labelIn(file, width) : -1;
    }

    static ConllFile read(Path file, ConllColumns columns, boolean labelled) {
        List<String> text = new ArrayList<>();
        TextLines.read(file, (number, line) -> text.add(line));
        String firstRow = text.stream()
                .filter(line -> !line.isBlank() && !line.startsWith(COMMENT) && !line.startsWith(DOCUMENT))
                .findFirst().orElseThrow(() -> noWords(file));
        ConllReader reader = new ConllReader(file, firstRow, columns, labelled);
        for (int i = 0; i < text.size(); i++) {
            reader.add(i + 1, text.get(i));
        }
        reader.endSentence();
        if (reader.sentences.isEmpty()) {
            throw noWords(file);
        }
        return new ConllFile(file, reader.lines, reader.sentences, reader.tabs ? TAB : " ");
    }

    private static DataException noWords(Path file) {
        return new DataException(file + " holds no words");
    }

    private String[] fields(String line) {
        return tabs
                ? Arrays.stream(line.split(TAB, -1)).map(String::strip).toArray(String[]::new)
                : BLANKS.split(line.strip());
    }

    private void add(int number, String line) {
        if (line.isBlank()) {
            endSentence();
            lines.add(new ConllLine(ConllLine.Kind.OTHER, line));
            return;
        }
        String[] fields = fields(line);
        if (fields[0].equals(DOCUMENT)) {
            endSentence();
            lines.add(new ConllLine(ConllLine.Kind.DOCUMENT, line.stripTrailing()));
        } else if (line.startsWith(COMMENT) && !isRow(fields)) {
            lines.add(new ConllLine(ConllLine.Kind.OTHER, line));
        } else {
            row(number, line, fields);
        }
    }

    /**
     * Whether a line that begins like a comment is a row of the word {@code #} or of one that begins so, as in
     * tweets: it has all columns. Comments have none between tabs; between blanks they may look so, but stand before
     * sentences and have a blank behind the sign.
     */
    private boolean isRow(String... fields) {
        return fields.length == width && (tabs && width > 1 || !words.isEmpty() || !fields[0].equals(COMMENT));
    }

    private void row(int number, String line, String... fields) {
        if (fields.length != width) {
            throw at(number, "the row has " + columns(fields.length) + " where the first row has " + columns(width)
                    + "; columns stand between " + (tabs ? "tabs" : "blanks") + " in this file");
        }
        if (width == CONLL_U_COLUMNS && token > 0 && NO_WORD.matcher(fields[0]).matches()) {
            lines.add(new ConllLine(ConllLine.Kind.NO_WORD, line.stripTrailing()));
            return;
        }
        if (fields[token].isEmpty() || label >= 0 && fields[label].isEmpty()) {
            throw at(number, "the " + (fields[token].isEmpty() ? "word" : "label") + " is empty");
        }
        lines.add(new ConllLine(ConllLine.Kind.WORD, tabs ? line : line.stripTrailing()));
        words.add(fields[token]);
        numbers.add(number);
        if (label >= 0) {
            labels.add(fields[label]);
        }
    }

    private static String columns(int count) {
        return count + (count == 1 ? " column" : " columns");
    }

    private void endSentence() {
        if (!words.isEmpty()) {
            sentences.add(new TaggedSentence(
                    words, labels, numbers.stream().mapToInt(Integer::intValue).toArray()));
            words.clear();
            labels.clear();
            numbers.clear();
        }
    }

    private DataException at(int number, String problem) {
        return new DataException(file + ", line " + number + ": " + problem);
    }
}
