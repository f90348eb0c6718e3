package org.frugaltorch.finetune.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.frugaltorch.io.DataException;

/** Reads delimited tables; the first row names the columns. */
final class TableReader {
    private final CSVParser parser;
    private final Examples.Builder examples;
    private final Iterator<CSVRecord> records;
    private long line = 1; // where the record to come starts

    private TableReader(CSVParser parser, Examples.Builder examples) {
        this.parser = parser;
        this.examples = examples;
        this.records = parser.iterator();
    }

    static void read(Path file, TableFormat format, Examples.Builder examples) throws IOException {
        try (BufferedReader text = Utf8.open(file); CSVParser parser = format.commons().parse(text)) {
            new TableReader(parser, examples).readAll();
        }
    }

    private void readAll() throws IOException {
        CSVRecord header = next();
        if (header == null) {
            throw examples.bad("is empty; its first row must name the columns");
        }
        Map<String, Integer> positions = positions(header);
        int text = positions.get(examples.columns().text());
        int pair = position(positions, examples.columns().pair());
        int label = position(positions, examples.columns().label());
        for (CSVRecord record = next(); record != null; record = next()) {
            if (record.size() != header.size()) {
                throw examples.at(start(record), "the row has " + record.size() + " fields, but the header names "
                        + header.size() + " columns; put fields that hold separators or quotes in quotes");
            }
            examples.add(start(record), new TextExample(
                    record.get(text), pair < 0 ? null : record.get(pair), label < 0 ? null : record.get(label)));
        }
    }

    private CSVRecord next() throws IOException {
        line = parser.getCurrentLineNumber() + 1;
        try {
            return records.hasNext() ? records.next() : null;
        } catch (UncheckedIOException failure) {
            // Malformed quotes: the parser's own sentence names positions in its own terms.
            if (failure.getCause() instanceof CSVException) {
                throw strayQuote(failure);
            }
            throw failure.getCause();
        }
    }

    private DataException strayQuote(UncheckedIOException failure) {
        DataException clear = examples.at(line, "a quoted field is not closed properly; double the quotes inside a field");
        clear.initCause(failure);
        return clear;
    }

    /** Blank lines before a record were skipped, and a quoted field may span several lines. */
    private long start(CSVRecord record) {
        long breaks = record.stream().mapToLong(field -> field.chars().filter(c -> c == '\n').count()).sum();
        return Math.max(line, parser.getCurrentLineNumber() - breaks);
    }

    private Map<String, Integer> positions(CSVRecord header) {
        Map<String, Integer> positions = new HashMap<>();
        List<String> names = header.toList();
        for (int position = 0; position < names.size(); position++) {
            if (positions.put(names.get(position), position) != null) {
                throw examples.bad("has two columns called '" + names.get(position) + "'");
            }
        }
        for (String wanted : examples.columns().present()) {
            if (!positions.containsKey(wanted)) {
                throw examples.bad("has no column '" + wanted + "'; its columns are " + String.join(", ", names));
            }
        }
        return positions;
    }

    private static int position(Map<String, Integer> positions, String column) {
        return column == null ? -1 : positions.get(column);
    }
}
