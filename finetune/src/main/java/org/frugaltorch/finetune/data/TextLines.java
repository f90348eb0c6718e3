package org.frugaltorch.finetune.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.frugaltorch.io.DataException;

/** Files of lines. */
public final class TextLines {
    private TextLines() {}

    /** Takes one line. */
    @FunctionalInterface
    public interface Sink {
        /** @param number of the line, from 1 */
        void add(int number, String line);
    }

    /**
     * Reads a file in UTF-8, whatever ends its lines.
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
                sink.add(number, line);
                number++;
            }
        } catch (CharacterCodingException notUtf8) {
            throw Utf8.reported(file);
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
    }
}
