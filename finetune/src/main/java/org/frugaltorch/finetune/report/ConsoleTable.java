package org.frugaltorch.finetune.report;

import java.util.ArrayList;
import java.util.List;

/** A table in plain text: a header, a rule, the rows; columns two spaces apart. */
public final class ConsoleTable {
    private static final String GAP = "  ";

    private final List<Column> columns;
    private final List<List<String>> rows = new ArrayList<>();

    /** Where the cells of a column stand. */
    public enum Align {
        /** At the left, for text. */
        LEFT,
        /** At the right, for numbers. */
        RIGHT
    }

    /** A column with its title. */
    public record Column(String title, Align align) {}

    /** A table without rows. */
    public ConsoleTable(List<Column> columns) {
        this.columns = List.copyOf(columns);
    }

    /**
     * Adds a row.
     *
     * @return this table
     * @throws IllegalArgumentException if the number of cells is not that of the columns
     */
    public ConsoleTable row(List<String> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException("A row needs " + columns.size() + " cells, but this one has "
                    + cells.size() + ": " + cells + ".");
        }
        rows.add(List.copyOf(cells));
        return this;
    }

    /** The table, each line ended. */
    @Override
    public String toString() {
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < columns.size(); column++) {
            int width = width(columns.get(column).title());
            for (List<String> row : rows) {
                width = Math.max(width, width(row.get(column)));
            }
            widths.add(width);
        }
        StringBuilder text = new StringBuilder();
        appendLine(text, columns.stream().map(Column::title).toList(), widths);
        appendLine(text, widths.stream().map("-"::repeat).toList(), widths);
        rows.forEach(row -> appendLine(text, row, widths));
        return text.toString();
    }

    private void appendLine(StringBuilder text, List<String> cells, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < cells.size(); column++) {
            String cell = cells.get(column);
            String padding = " ".repeat(widths.get(column) - width(cell));
            line.append(column == 0 ? "" : GAP)
                    .append(columns.get(column).align() == Align.LEFT ? cell + padding : padding + cell);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
