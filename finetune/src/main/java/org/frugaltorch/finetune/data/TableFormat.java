package org.frugaltorch.finetune.data;

import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.QuoteMode;
import org.frugaltorch.io.AtomicFiles;

/** Tables of text, one way to read and to write each kind, so that any text comes back exactly. */
public enum TableFormat {
    /** Fields between commas. */
    CSV(','),
    /** Fields between tabs, quoted like CSV. */
    TSV('\t');

    private final CSVFormat format;

    TableFormat(char delimiter) {
        format = CSVFormat.DEFAULT.builder()
                .setDelimiter(delimiter)
                .setQuote('"')
                .setQuoteMode(QuoteMode.MINIMAL)
                .setRecordSeparator('\n')
                .setIgnoreEmptyLines(true)
                .get();
    }

    /** The format that a file's name ends in: {@code .csv} or {@code .tsv}. */
    public static TableFormat of(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv")) {
            return CSV;
        }
        if (name.endsWith(".tsv")) {
            return TSV;
        }
        throw new IllegalArgumentException("The name of " + file + " must end in .csv or .tsv");
    }

    CSVFormat commons() {
        return format;
    }

    /**
     * Writes {@code rows} under a header row of {@code columns}, as UTF-8, atomically.
     *
     * @throws org.frugaltorch.io.DataException if the file cannot be written
     */
    public void write(Path file, List<String> columns, Iterable<List<String>> rows) {
        AtomicFiles.write(file, out -> {
            Writer writer = Channels.newWriter(out, StandardCharsets.UTF_8);
            CSVPrinter printer = new CSVPrinter(writer, format);
            printer.printRecord(columns);
            for (List<String> row : rows) {
                checkWidth(columns, row);
                printer.printRecord(row);
            }
            printer.flush();
        });
    }

    private static void checkWidth(List<String> columns, List<String> row) {
        if (row.size() != columns.size()) {
            throw new IllegalArgumentException("a row has " + row.size() + " fields for the columns " + columns);
        }
    }
}
