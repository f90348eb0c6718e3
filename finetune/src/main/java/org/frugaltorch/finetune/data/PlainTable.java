package org.frugaltorch.finetune.data;

import java.nio.file.Path;
import java.util.List;
import org.frugaltorch.io.DataException;

/** Tables between tabs without any quoting: a quotation mark is a character like any other, a line is a row. */
public final class PlainTable {
    private PlainTable() {}

    /** Takes one row. */
    @FunctionalInterface
    public interface Sink {
        /** @param line of the row, from 1 */
        void add(int line, List<String> fields);
    }

    /**
     * Reads a file in UTF-8; empty lines are skipped.
     *
     * @throws DataException if it is missing or no text
     */
    public static void read(Path file, Sink sink) {
        TextLines.read(file, (number, line) -> {
            if (!line.isEmpty()) {
                sink.add(number, List.of(line.split("\t", -1)));
            }
        });
    }
}
