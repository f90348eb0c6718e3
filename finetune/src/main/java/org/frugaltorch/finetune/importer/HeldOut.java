package org.frugaltorch.finetune.importer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.data.TableFormat;

/** Labelled texts in two parts, the second to be kept for evaluation; a text's part depends on nothing but its key. */
final class HeldOut {
    private final HashSplit split;
    private final List<String> columns;
    private final List<List<String>> train = new ArrayList<>();
    private final List<List<String>> eval = new ArrayList<>();

    /** @param fraction share of the keys that is held out, between 0 and 1 */
    HeldOut(double fraction) {
        this(fraction, List.of("text", "label"));
    }

    HeldOut(double fraction, List<String> columns) {
        this.split = new HashSplit(fraction);
        this.columns = columns;
    }

    /** Whether texts of that key are kept for evaluation. */
    boolean holdsOut(String key) {
        return split.holdsOut(key);
    }

    /** @param values one for each column */
    void add(String key, String... values) {
        (split.holdsOut(key) ? eval : train).add(List.of(values));
    }

    /** Writes {@code train.tsv} and {@code eval.tsv}; says how many rows each has. */
    String write(Path directory) {
        TableFormat.TSV.write(directory.resolve("train.tsv"), columns, train);
        TableFormat.TSV.write(directory.resolve("eval.tsv"), columns, eval);
        return train.size() + " examples in train.tsv and " + eval.size() + " in eval.tsv (columns "
                + String.join(", ", columns) + ")";
    }
}
