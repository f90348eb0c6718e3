package org.frugaltorch.finetune.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.classification.Scores;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.finetune.data.TableFormat;
import org.frugaltorch.finetune.measure.MeasuredJson;
import org.frugaltorch.io.AtomicFiles;

/** Where predictions are written: a table, or one JSON object a line, by the file's name. */
final class PredictionFile {
    private static final int DECIMALS = 6;

    private final Path path;
    private final TableFormat table; // null for JSON lines

    private PredictionFile(Path path, TableFormat table) {
        this.path = path;
        this.table = table;
    }

    /** @throws IllegalArgumentException if the name ends in no kind that can be written */
    static PredictionFile of(Path path) {
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".jsonl")) {
            return new PredictionFile(path, null);
        }
        if (name.endsWith(".csv") || name.endsWith(".tsv")) {
            return new PredictionFile(path, TableFormat.of(path));
        }
        throw new IllegalArgumentException("The name of " + path + " must end in .csv, .tsv or .jsonl");
    }

    /** Writes all rows, in one piece or not at all. */
    void write(Scores scores, LabelSet labels) {
        int[] classes = scores.classes();
        List<Map<String, Object>> rows = IntStream.range(0, classes.length)
                .mapToObj(index -> row(index, labels.name(classes[index]), scores.probabilities(index)[classes[index]]))
                .toList();
        if (table == null) {
            AtomicFiles.writeString(path,
                    rows.stream().map(row -> MeasuredJson.line(row) + "\n").collect(Collectors.joining()));
        } else {
            table.write(path, List.copyOf(rows.getFirst().keySet()),
                    rows.stream().map(row -> row.values().stream().map(Object::toString).toList()).toList());
        }
    }

    private static Map<String, Object> row(int index, String label, double probability) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("index", index);
        row.put("label", label);
        row.put("probability", new BigDecimal(probability).setScale(DECIMALS, RoundingMode.HALF_EVEN));
        return row;
    }
}
