package org.frugaltorch.finetune.importer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.data.TableFormat;

/** Labelled texts in two parts, the second to be kept for evaluation; a text's part depends on nothing but its key. */
final class HeldOut {
    private static final List<String> COLUMNS = List.of("text", "label");

    private final double fraction;
    private final List<List<String>> train = new ArrayList<>();
    private final List<List<String>> eval = new ArrayList<>();

    /** @param fraction share of the keys that is held out, between 0 and 1 */
    HeldOut(double fraction) {
        this.fraction = fraction;
    }

    void add(String key, String text, String label) {
        (isHeldOut(key) ? eval : train).add(List.of(text, label));
    }

    /** A hash rather than a random draw: the split stays the same when examples come and go. */
    private boolean isHeldOut(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            long unsigned = Integer.toUnsignedLong(ByteBuffer.wrap(hash).getInt());
            return unsigned < fraction * (1L << Integer.SIZE);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java platform has SHA-256
        }
    }

    /** Writes {@code train.tsv} and {@code eval.tsv} with the columns text and label; says how many rows each has. */
    String write(Path directory) {
        TableFormat.TSV.write(directory.resolve("train.tsv"), COLUMNS, train);
        TableFormat.TSV.write(directory.resolve("eval.tsv"), COLUMNS, eval);
        return train.size() + " examples in train.tsv and " + eval.size() + " in eval.tsv (columns text, label)";
    }
}
