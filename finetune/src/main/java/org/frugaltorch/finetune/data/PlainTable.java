package org.frugaltorch.finetune.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
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
        if (!Files.isRegularFile(file)) {
            throw new DataException("there is no data file " + file);
        }
        try (BufferedReader text = Utf8.open(file)) {
            int number = 1;
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                if (!line.isEmpty()) {
                    sink.add(number, List.of(line.split("\t", -1)));
                }
                number++;
            }
        } catch (CharacterCodingException notUtf8) {
            throw Utf8.reported(file);
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
    }
}
