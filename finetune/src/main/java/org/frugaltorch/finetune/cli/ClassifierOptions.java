package org.frugaltorch.finetune.cli;

import org.frugaltorch.finetune.classification.ClassifierRun;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import picocli.CommandLine.Option;

/** The options of commands that train a classifier of whole sequences. */
public final class ClassifierOptions {
    @Option(names = "--metric-for-best-model", defaultValue = "accuracy", paramLabel = "NAME",
            description = "accuracy, macro_f1 or matthews (default: ${DEFAULT-VALUE}).")
    private String metric;

    @Option(names = "--pooling", paramLabel = "NAME",
            description = "How token states become one vector: mean, cls, last or selected-mean (default: mean; last"
                    + " for models that read from left to right, cls for models of pictures).")
    private String pooling;

    /** Options not given yet; picocli sets them. */
    public ClassifierOptions() {}

    /**
     * The model to train.
     *
     * @param directory where it comes from; says the usual pooling
     */
    ClassifierRun.Options model(TrainingOptions training, int padId, ModelDirectory directory) {
        return new ClassifierRun.Options(
                training.batchSize(), padId, pooling == null ? directory.usualPooling() : Pooling.named(pooling),
                training.dtype(directory), training.device(), training.dropout(), Metric.named(metric));
    }
}
