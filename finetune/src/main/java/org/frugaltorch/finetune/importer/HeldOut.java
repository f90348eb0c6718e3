package org.frugaltorch.finetune.importer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.data.TableFormat;

/** Labelled texts in two parts, the second to be kept for evaluation; a text's part depends on nothing but its key. */
final class HeldOut {
    private static final List<String> COLUMNS = List.of("text", "label");

    private final HashSplit split;
    private final List<List<String>> train = new ArrayList<>();
    private final List<List<String>> eval = new ArrayList<>();

    /** @param fraction share of the keys that is held out, between 0 and 1 */
    HeldOut(double fraction) {
        this.split = new HashSplit(fraction);
    }

    void add(String key, String text, String label) {
        (split.holdsOut(key) ? eval : train).add(List.of(text, label));
    }

    /** Writes {@code train.tsv} and {@code eval.tsv} with the columns text and label; says how many rows each has. */
    String write(Path directory) {
        TableFormat.TSV.write(directory.resolve("train.tsv"), COLUMNS, train);
        TableFormat.TSV.write(directory.resolve("eval.tsv"), COLUMNS, eval);
        return train.size() + " examples in train.tsv and " + eval.size() + " in eval.tsv (columns text, label)";
    }
}
