package org.frugaltorch.finetune.instruction;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.train.TrainingTask;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Tensor;

/**
 * Training a {@link CausalLanguageModel} to continue texts, under any activation strategy.
 *
 * @param model all that of it is trained requires gradients
 * @param strategy of training; evaluation always sees all tokens
 * @param training texts to learn
 * @param heldOut texts to judge by
 * @param batching of training texts
 * @param saver writes the model to a directory
 */
public record LanguageModelTask(
        CausalLanguageModel model,
        ActivationStrategy strategy,
        LanguageTokens training,
        LanguageTokens heldOut,
        BatchSettings batching,
        Consumer<Path> saver)
        implements TrainingTask {

    public LanguageModelTask {
        if (training.size() == 0 || heldOut.size() == 0) {
            throw new IllegalArgumentException("Training needs texts to learn and texts to judge by, got "
                    + training.size() + " and " + heldOut.size());
        }
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("batchSize", Integer.toString(batching.batchSize()));
        settings.put("dtype", model.dtype().torchName());
        settings.put("examples", Integer.toString(training.size()));
        settings.put("tokens", Long.toString(training.encodings().stream().mapToLong(Encoding::length).sum()));
        return settings;
    }

    @Override
    public Parameters parameters() {
        return model.parameters();
    }

    @Override
    public Batcher trainingBatches() {
        return new Batcher(training.encodings(), batching);
    }

    @Override
    public Tensor loss(Batch batch, ForwardMode mode) {
        return model.loss(strategy, training.labelled(batch), mode);
    }

    @Override
    public Map<String, Double> evaluate() {
        return LanguageScores.of(model, heldOut, batching.batchSize(), batching.padId()).asMap();
    }

    @Override
    public Metric primaryMetric() {
        return Metric.LOSS;
    }

    @Override
    public void save(Path directory) {
        saver.accept(directory);
    }
}
