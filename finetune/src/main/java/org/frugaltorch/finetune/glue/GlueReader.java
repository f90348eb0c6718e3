package org.frugaltorch.finetune.glue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.frugaltorch.finetune.classification.Targets;
import org.frugaltorch.finetune.data.Examples;
import org.frugaltorch.finetune.data.PlainTable;
import org.frugaltorch.finetune.data.TextExample;
import org.frugaltorch.io.DataException;

/**
 * Reads a task's examples, from GLUE's own TSV files, which know no quotes, or from CSV and JSON files with the fields
 * that other libraries give them.
 *
 * @param labelled whether answers are wanted
 */
record GlueReader(GlueTask task, boolean labelled) {
    private static final String LABEL = "label";
    private static final List<String> COLA_COLUMNS = List.of("source", LABEL, "mark", "sentence");

    /**
     * All examples of a file.
     *
     * @throws DataException if the file is missing or malformed, lacks a column, or has an answer outside the task
     */
    Examples read(Path file) {
        if (file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".tsv")) {
            return new Table(file).read();
        }
        return Examples.read(file, task.texts().first(), task.texts().second(), labelled ? LABEL : null);
    }

    /** The answers of examples that were read with them. */
    Targets targets(Examples examples) {
        if (task.isRegression()) {
            double[] values = new double[examples.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = number(examples, i);
            }
            return new Targets.Numbers(values);
        }
        int[] classes = new int[examples.size()];
        for (int i = 0; i < classes.length; i++) {
            String label = examples.rows().get(i).label();
            OptionalInt number = task.classOf(label);
            if (number.isEmpty()) {
                throw new DataException(examples.where(i) + ": " + task.title() + " has no label '" + label
                        + "'; it has " + String.join(", ", task.labels()) + ", or their numbers 0 to "
                        + (task.labels().size() - 1));
            }
            classes[i] = number.getAsInt();
        }
        return new Targets.Classes(classes, task.labels().size());
    }

    private double number(Examples examples, int index) {
        String label = examples.rows().get(index).label();
        try {
            double value = Double.parseDouble(label.strip());
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // Said below, for infinite ones too.
        }
        throw new DataException(examples.where(index) + ": the score '" + label + "' is no number");
    }

    /** One of GLUE's own files. */
    private final class Table {
        private final Path file;
        private final List<TextExample> rows = new ArrayList<>();
        private final List<Integer> lines = new ArrayList<>();
        private List<String> header;
        private int first;
        private int second;
        private int label;

        Table(Path file) {
            this.file = file;
        }

        Examples read() {
            PlainTable.read(file, this::add);
            if (rows.isEmpty()) {
                throw new DataException(file + " holds no examples");
            }
            return Examples.of(file, rows, lines);
        }

        private void add(int line, List<String> fields) {
            if (header == null) {
                boolean named = task != GlueTask.COLA || fields.contains(task.texts().first());
                header = named ? fields : COLA_COLUMNS;
                first = column(task.published().first(), task.texts().first());
                second = task.texts().second() == null ? -1 : column(task.published().second(), task.texts().second());
                label = labelled ? column(task.publishedLabel(), LABEL) : -1;
                if (named) {
                    return;
                }
            }
            int needed = Stream.of(first, second, label).max(Integer::compare).orElseThrow();
            if (fields.size() <= needed) {
                if (task == GlueTask.QQP) {
                    return; // the published file has some torn rows; everybody leaves them out
                }
                throw new DataException(file + ", line " + line + ": the row has " + fields.size()
                        + " fields, but " + task.title() + " needs " + (needed + 1) + " between tabs");
            }
            String answer = label < 0 ? null : fields.get(label);
            if (answer != null && answer.isBlank()) {
                throw new DataException(
                        file + ", line " + line + ": the label in '" + header.get(label) + "' is empty");
            }
            rows.add(new TextExample(fields.get(first), second < 0 ? null : fields.get(second), answer));
            lines.add(line);
        }

        private int column(String published, String usual) {
            return Stream.of(published, usual).mapToInt(header::indexOf).filter(at -> at >= 0).findFirst()
                    .orElseThrow(() -> new DataException(file + " has no column '" + published + "', which "
                            + task.title() + " needs; its columns are "
                            + header.stream().collect(Collectors.joining(", "))));
        }
    }
}
