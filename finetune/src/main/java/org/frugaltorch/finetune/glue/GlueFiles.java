package org.frugaltorch.finetune.glue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.frugaltorch.io.DataException;

/**
 * Where a task's examples are.
 *
 * @param training to learn from
 * @param validation to judge by
 * @param mismatched to judge by too, texts of other kinds; only MNLI has them
 * @param test without answers
 * @param mismatchedTest likewise
 */
public record GlueFiles(
        Optional<Path> training, Optional<Path> validation, Optional<Path> mismatched, Optional<Path> test,
        Optional<Path> mismatchedTest) {
    private static final List<String> EXTENSIONS = List.of(".tsv", ".csv", ".jsonl", ".json");

    /**
     * The files in a folder: GLUE's own TSV, or CSV or JSON, named {@code train}, {@code dev} or {@code validation},
     * and {@code test}; also in a subfolder with the task's name.
     *
     * @throws DataException if the folder is none or holds no such file
     */
    public static GlueFiles in(Path folder, GlueTask task) {
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder + " is no folder with the files of " + task.title());
        }
        Path own = Stream.of(task.title(), task.id()).map(folder::resolve).filter(Files::isDirectory).findFirst()
                .orElse(folder);
        String kind = task.isMatched() ? "_matched" : "";
        GlueFiles files = new GlueFiles(
                find(own, "train"),
                find(own, "dev" + kind, "validation" + kind),
                task.isMatched() ? find(own, "dev_mismatched", "validation_mismatched") : Optional.empty(),
                find(own, "test" + kind),
                task.isMatched() ? find(own, "test_mismatched") : Optional.empty());
        if (files.training.isEmpty() && files.validation.isEmpty() && files.test.isEmpty()) {
            throw new DataException(own + " holds no files of " + task.title() + ": expected are train.tsv, dev" + kind
                    + ".tsv and test" + kind + ".tsv (or .csv, .jsonl, .json)");
        }
        return files;
    }

    /** The same with other files in the place of those that are given. */
    public GlueFiles with(Path otherTraining, Path otherValidation, Path otherTest) {
        return new GlueFiles(
                otherTraining == null ? training : Optional.of(otherTraining),
                otherValidation == null ? validation : Optional.of(otherValidation),
                otherValidation == null ? mismatched : Optional.empty(),
                otherTest == null ? test : Optional.of(otherTest),
                otherTest == null ? mismatchedTest : Optional.empty());
    }

    /** No files. */
    public static GlueFiles none() {
        return new GlueFiles(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static Optional<Path> find(Path folder, String... names) {
        return Stream.of(names).flatMap(name -> EXTENSIONS.stream().map(extension -> folder.resolve(name + extension)))
                .filter(Files::isRegularFile).findFirst();
    }
}
