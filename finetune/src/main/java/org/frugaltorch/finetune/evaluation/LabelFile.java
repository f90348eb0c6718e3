package org.frugaltorch.finetune.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.frugaltorch.io.DataException;

/** Labels in a file of their own, a line a question, beside questions that have none. */
final class LabelFile {
    private static final String FIELD = "label";
    private static final String ENDING = "-labels.lst";

    private LabelFile() {}

    /**
     * Gives each question its label, if none has one and there is such a file.
     *
     * @param file of the questions
     * @throws DataException when there are more or fewer labels than questions
     */
    static void complete(List<ChoiceRow> rows, Path file) {
        String name = file.getFileName().toString();
        Path labels = file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ENDING);
        if (rows.stream().anyMatch(row -> row.has(FIELD)) || !Files.isRegularFile(labels)) {
            return;
        }
        List<String> lines = lines(labels);
        if (lines.size() != rows.size()) {
            throw new DataException(labels + " holds " + lines.size() + " labels, but " + file + " "
                    + rows.size() + " questions");
        }
        for (int i = 0; i < lines.size(); i++) {
            rows.get(i).json().put(FIELD, lines.get(i));
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
        } catch (IOException failure) {
            throw DataException.unreadable(file, failure);
        }
    }
}
