package org.frugaltorch.finetune.data;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.frugaltorch.io.DataException;

/** Examples read from a file, each with the line it starts on, so that a later problem can be traced to its row. */
public final class Examples {
    private final Path file;
    private final List<TextExample> rows;
    private final int[] lines;

    Examples(Path file, List<TextExample> rows, List<Integer> lines) {
        this.file = file;
        this.rows = List.copyOf(rows);
        this.lines = lines.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The columns (or JSON fields) to read; pair and label may be null. */
    record Columns(String text, String pair, String label) {
        Columns {
            Objects.requireNonNull(text, "text");
        }

        List<String> present() {
            return Stream.of(text, pair, label).filter(Objects::nonNull).toList();
        }
    }

    /** Where readers put what they find. */
    static final class Builder {
        private final Path file;
        private final Columns columns;
        private final List<TextExample> rows = new ArrayList<>();
        private final List<Integer> lines = new ArrayList<>();

        Builder(Path file, Columns columns) {
            this.file = file;
            this.columns = columns;
        }

        Columns columns() {
            return columns;
        }

        void add(long line, TextExample example) {
            if (columns.label != null && (example.label() == null || example.label().isBlank())) {
                throw at(line, "the label in '" + columns.label + "' is empty");
            }
            rows.add(example);
            lines.add(Math.toIntExact(line));
        }

        DataException at(long line, String problem) {
            return new DataException(file + ", line " + line + ": " + problem);
        }

        DataException bad(String problem) {
            return new DataException(file + " " + problem);
        }

        Examples build() {
            if (rows.isEmpty()) {
                throw bad("holds no examples");
            }
            return new Examples(file, rows, lines);
        }
    }

    /**
     * Reads a {@code .csv} or {@code .tsv} file with a header row, a {@code .jsonl} file of one object a line, or a
     * {@code .json} file of an array of objects. All are UTF-8.
     *
     * @param textPairColumn column of the second text, or null if there is none
     * @param labelColumn    column of the class, or null to read unlabelled text
     * @throws DataException if the file is missing, empty or malformed, or lacks a column
     */
    public static Examples read(Path file, String textColumn, String textPairColumn, String labelColumn) {
        Builder builder = new Builder(file, new Columns(textColumn, textPairColumn, labelColumn));
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (!Files.exists(file)) {
            throw new DataException("there is no data file " + file);
        }
        if (Files.isDirectory(file)) {
            throw new DataException(file + " is a directory; name a .csv, .tsv, .jsonl or .json file");
        }
        try {
            switch (name.substring(name.lastIndexOf('.') + 1)) {
                case "csv" -> TableReader.read(file, TableFormat.CSV, builder);
                case "tsv" -> TableReader.read(file, TableFormat.TSV, builder);
                case "jsonl", "ndjson", "json" -> JsonReader.read(file, builder);
                default -> throw builder.bad("is of no known kind; its name must end in .csv, .tsv, .jsonl or .json");
            }
        } catch (CharacterCodingException notUtf8) {
            throw Utf8.reported(file);
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
        return builder.build();
    }

    /**
     * Examples that were read otherwise.
     *
     * @param lines on which they start, from 1
     */
    public static Examples of(Path file, List<TextExample> rows, List<Integer> lines) {
        if (rows.size() != lines.size()) {
            throw new IllegalArgumentException(rows.size() + " examples, but " + lines.size() + " lines");
        }
        return new Examples(file, rows, lines);
    }

    /** The first {@code count} of them; all for 0, or when there are no more. */
    public Examples first(int count) {
        int kept = count == 0 ? rows.size() : Math.min(count, rows.size());
        return new Examples(file, rows.subList(0, kept), Arrays.stream(lines).limit(kept).boxed().toList());
    }

    /** The file these are from. */
    public Path file() {
        return file;
    }

    /** The examples in file order. */
    public List<TextExample> rows() {
        return rows;
    }

    /** How many examples there are. */
    public int size() {
        return rows.size();
    }

    /** Where row {@code index} is, for messages: file and line. */
    public String where(int index) {
        return file + ", line " + lines[index];
    }
}
