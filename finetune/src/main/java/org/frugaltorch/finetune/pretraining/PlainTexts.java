package org.frugaltorch.finetune.pretraining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.frugaltorch.finetune.data.Examples;
import org.frugaltorch.finetune.data.TextExample;
import org.frugaltorch.io.DataException;

/** Reads texts to learn to continue. */
public final class PlainTexts {
    private PlainTexts() {}

    /**
     * Reads a {@code .txt} file of a text a line, blank ones left out, or a column of a {@code .jsonl}, {@code .json},
     * {@code .csv} or {@code .tsv} file.
     *
     * @param column of the texts; not used for {@code .txt}
     * @throws DataException if the file is missing, empty or malformed
     */
    public static List<String> read(Path file, String column) {
        if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".txt")) {
            return Examples.read(file, column, null, null).rows().stream().map(TextExample::text).toList();
        }
        try {
            List<String> lines = Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList();
            if (lines.isEmpty()) {
                throw new DataException(file + " holds no text");
            }
            return lines;
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
    }
}
