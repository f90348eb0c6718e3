package org.frugaltorch.jmh.bench;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.report.ConsoleTable;
import org.frugaltorch.finetune.report.ConsoleTable.Align;
import org.frugaltorch.finetune.report.MarkdownTable;

/**
 * A table of results; the first column is text, all others are numbers.
 *
 * @param title of what it shows
 * @param note on how to read it
 */
record Table(String title, String note, List<String> titles, List<List<String>> rows) {
    Table {
        titles = List.copyOf(titles);
        rows = List.copyOf(rows);
    }

    String toMarkdown() {
        return "### " + title + "\n\n" + MarkdownTable.of(titles, rows) + "\n" + note + "\n";
    }

    /** For the console. */
    @Override
    public String toString() {
        List<ConsoleTable.Column> columns = new ArrayList<>();
        titles.forEach(column ->
                columns.add(new ConsoleTable.Column(column, columns.isEmpty() ? Align.LEFT : Align.RIGHT)));
        ConsoleTable table = new ConsoleTable(columns);
        rows.forEach(table::row);
        return title + "\n\n" + table + "\n" + note + "\n";
    }
}
