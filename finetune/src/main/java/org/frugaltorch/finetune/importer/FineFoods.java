package org.frugaltorch.finetune.importer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.frugaltorch.finetune.data.TableFormat;
import org.frugaltorch.io.DataException;

/**
 * Reviews of fine foods (McAuley and Leskovec, 2013), labelled {@code great} where they gave five stars, else {@code other};
 * split as published, but for reviews that are in both parts, which stay in the second only.
 */
record FineFoods(DebianPackage source) implements Importer {
    private static final String FOLDER = "usr/lib/R/site-library/modeldata/data/Rdata.";

    @Override
    public String importTo(Path directory, Consumer<String> progress) {
        progress.accept("Looking for the Debian package " + source + " in the cache (fetched with apt-get if it is not there)");
        return convert(source.resolve(), directory);
    }

    String convert(Path deb, Path directory) {
        Map<String, byte[]> files = DebianPackage.files(deb, Set.of(FOLDER + "rdx", FOLDER + "rdb"));
        RLazyData data = new RLazyData(files.get(FOLDER + "rdx"), files.get(FOLDER + "rdb"));
        List<List<String>> eval = rows(data.get("testing_data"), Set.of());
        Set<String> heldOut = new HashSet<>();
        eval.forEach(row -> heldOut.add(row.getFirst()));
        List<List<String>> train = rows(data.get("training_data"), heldOut);
        List<String> columns = List.of("text", "label");
        TableFormat.TSV.write(directory.resolve("train.tsv"), columns, train);
        TableFormat.TSV.write(directory.resolve("eval.tsv"), columns, eval);
        return train.size() + " reviews in train.tsv and " + eval.size() + " in eval.tsv (columns text, label)";
    }

    private static List<List<String>> rows(RValue table, Set<String> without) {
        List<String> texts = table.get("review").texts();
        List<String> labels = table.get("score").texts();
        if (texts.size() != labels.size()) {
            throw new DataException("the table of reviews has " + texts.size() + " texts but " + labels.size() + " labels");
        }
        Set<String> seen = new HashSet<>(without);
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i).strip();
            if (seen.add(text)) {
                rows.add(List.of(text, labels.get(i)));
            }
        }
        return rows;
    }
}
