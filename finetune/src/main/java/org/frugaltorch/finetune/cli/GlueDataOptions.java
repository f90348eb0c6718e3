package org.frugaltorch.finetune.cli;

import java.nio.file.Path;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.glue.GlueData;
import org.frugaltorch.finetune.glue.GlueFiles;
import org.frugaltorch.finetune.glue.GlueTask;
import picocli.CommandLine.Option;

/** What {@code frugal glue} reads. */
final class GlueDataOptions {
    @Option(names = "--data_dir", paramLabel = "DIR",
            description = "Folder with the task's files: GLUE's train.tsv, dev.tsv and test.tsv, or CSV or JSON lines;"
                    + " or the folder above it.")
    private Path directory;

    @Option(names = "--train_file", paramLabel = "FILE", description = "Examples to train on, instead of those.")
    private Path trainFile;

    @Option(names = "--validation_file", paramLabel = "FILE", description = "Examples to judge by, instead of those.")
    private Path validationFile;

    @Option(names = "--test_file", paramLabel = "FILE", description = "Examples to answer, instead of those.")
    private Path testFile;

    @Option(names = "--max_seq_length", defaultValue = "128", paramLabel = "N",
            description = "Cut texts to this many tokens (default: ${DEFAULT-VALUE}).")
    private int maxSeqLength;

    @Option(names = "--pad_to_max_length", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "Fill all texts up to that length; otherwise only to the longest of a batch.")
    private boolean padToMaxLength;

    @Option(names = "--max_train_samples", defaultValue = "0", paramLabel = "N",
            description = "Learn from the first N examples only; 0: from all.")
    private int maxTrainSamples;

    @Option(names = "--max_eval_samples", defaultValue = "0", paramLabel = "N",
            description = "Judge by the first N examples only; 0: by all.")
    private int maxEvalSamples;

    @Option(names = "--max_predict_samples", defaultValue = "0", paramLabel = "N",
            description = "Answer the first N examples only; 0: all.")
    private int maxPredictSamples;

    @Option(names = "--overwrite_cache", arity = "0..1", fallbackValue = "true", defaultValue = "false", hidden = true)
    private boolean overwriteCache; // there is no cache, so nothing is ever stale

    GlueDataOptions() {}

    /** The files that are there, whichever of them will be needed. */
    GlueFiles files(GlueTask task) {
        if (directory == null && trainFile == null && validationFile == null && testFile == null) {
            throw new IllegalArgumentException("Where are the examples of " + task.title()
                    + "? Give --data_dir, or --train_file, --validation_file and --test_file");
        }
        GlueFiles found = directory == null ? GlueFiles.none() : GlueFiles.in(directory, task);
        return found.with(trainFile, validationFile, testFile);
    }

    GlueData.Limits limits() {
        if (maxTrainSamples < 0 || maxEvalSamples < 0 || maxPredictSamples < 0) {
            throw new IllegalArgumentException("The largest numbers of samples must not be negative, but are "
                    + maxTrainSamples + ", " + maxEvalSamples + " and " + maxPredictSamples);
        }
        return new GlueData.Limits(maxTrainSamples, maxEvalSamples, maxPredictSamples);
    }

    /** @param positions that the model has; longer texts are cut to those, as other libraries do */
    MaxLength maxLength(int positions) {
        return new MaxLength(Math.min(maxSeqLength, positions), true);
    }

    /** Tokens of every row in training; 0 for those of the longest. */
    int fixedWidth(int positions) {
        return padToMaxLength ? Math.min(maxSeqLength, positions) : 0;
    }
}
