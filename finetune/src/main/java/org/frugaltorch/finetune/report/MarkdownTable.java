package org.frugaltorch.finetune.report;

import java.util.List;
import java.util.stream.Collectors;

/** A table for a README: the first column is text, all others are numbers. */
public final class MarkdownTable {
    private MarkdownTable() {}

    /**
     * The table, each line ended.
     *
     * @throws IllegalArgumentException if the number of cells of a row is not that of the titles
     */
    public static String of(List<String> titles, List<List<String>> rows) {
        StringBuilder text = new StringBuilder(line(titles))
                .append("|---").append("|--:".repeat(titles.size() - 1)).append("|\n");
        for (List<String> row : rows) {
            if (row.size() != titles.size()) {
                throw new IllegalArgumentException("A row needs " + titles.size() + " cells, but this one has "
                        + row.size() + ": " + row + ".");
            }
            text.append(line(row));
        }
        return text.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream().map(cell -> cell.replace("|", "\\|").replace('\n', ' '))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
