package org.frugaltorch.finetune.train;

import java.nio.file.Path;
import java.util.Map;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Tensor;

/** What a {@link Trainer} trains: a model with its data. The trainer knows neither; the task knows nothing of steps. */
public interface TrainingTask {
    /** What a run must have in common with an interrupted one to go on with it, by name: the trainer's own settings aside. */
    Map<String, String> settings();

    /** All weights of the model. */
    Parameters parameters();

    /** The training examples as micro-batches. */
    Batcher trainingBatches();

    /**
     * The loss of a micro-batch, with its graph.
     *
     * @return one number, the mean over what counts in the batch
     */
    Tensor loss(Batch batch, ForwardMode mode);

    /** Scores the held-out examples: values by metric name. */
    Map<String, Double> evaluate();

    /** The metric by which the best of several evaluations is chosen. */
    Metric primaryMetric();

    /** Writes the model as it is now as a directory that other commands can load. */
    void save(Path directory);
}
