package org.frugaltorch.finetune.glue;

import java.nio.file.Path;
import java.util.Locale;
import org.frugaltorch.finetune.classification.Scores;
import org.frugaltorch.io.AtomicFiles;

/** Answers to test examples as GLUE's server takes them: {@code index} and {@code prediction} between tabs. */
public final class Submission {
    private Submission() {}

    /**
     * Writes a file such as {@code RTE.tsv} or {@code MNLI-mm.tsv} into a folder.
     *
     * @param mismatched whether these are the answers to MNLI's texts of other kinds
     * @return the file
     */
    public static Path write(Path folder, GlueTask task, boolean mismatched, Scores scores) {
        StringBuilder rows = new StringBuilder("index\tprediction\n");
        double[] numbers = task.isRegression() ? scores.numbers() : new double[0];
        int[] classes = task.isRegression() ? new int[0] : scores.classes();
        for (int i = 0; i < scores.count(); i++) {
            String answer = task.isRegression()
                    ? String.format(Locale.ROOT, "%.3f", numbers[i])
                    : task.answer(classes[i]);
            rows.append(i).append('\t').append(answer).append('\n');
        }
        String suffix = task.isMatched() ? mismatched ? "-mm" : "-m" : "";
        Path file = folder.resolve(task.title() + suffix + ".tsv");
        AtomicFiles.writeString(file, rows.toString());
        return file;
    }
}
