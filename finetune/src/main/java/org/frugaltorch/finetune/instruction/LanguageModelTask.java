package org.frugaltorch.finetune.instruction;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.TextInputs;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.train.TrainingTask;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Tensor;

/**
 * Training a {@link CausalLanguageModel} to continue texts, under any activation strategy.
 *
 * @param model all that of it is trained requires gradients
 * @param computation how it is run
 * @param training texts to learn
 * @param heldOut texts to judge by
 * @param judge scores the model besides
 * @param batching of training texts
 * @param saver writes the model to a directory
 * @param particulars of the run, by name, that one which goes on from its checkpoint must share: what the model does
 *     not tell, such as the settings of an adapter
 */
public record LanguageModelTask(
        CausalLanguageModel model,
        Computation computation,
        LanguageTokens training,
        LanguageTokens heldOut,
        Judge judge,
        BatchSettings batching,
        Consumer<Path> saver,
        Map<String, String> particulars)
        implements TrainingTask {

    /**
     * How a model is run.
     *
     * @param training strategy of training
     * @param evaluation strategy of evaluation, which sees all tokens
     * @param loss how head and loss are computed in both
     */
    public record Computation(ActivationStrategy training, ActivationStrategy evaluation, LanguageLoss loss) {
        /** Evaluation that keeps nothing, and the loss in one piece. */
        public Computation(ActivationStrategy training) {
            this(training, new KeepAll(), LanguageLoss.PLAIN);
        }
    }

    /**
     * A task of a model that tells all about itself.
     *
     * @param strategy of training; evaluation always sees all tokens
     */
    public LanguageModelTask(
            CausalLanguageModel model, ActivationStrategy strategy, LanguageTokens training, LanguageTokens heldOut,
            BatchSettings batching, Consumer<Path> saver) {
        this(model, new Computation(strategy), training, heldOut, Judge.LOSS, batching, saver, Map.of());
    }

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
        settings.put("metric", judge.primary().id());
        settings.put("loss", computation.loss().name().toLowerCase(Locale.ROOT));
        settings.putAll(particulars);
        return settings;
    }

    @Override
    public Parameters parameters() {
        return model.parameters();
    }

    @Override
    public Batcher trainingBatches() {
        return new Batcher(new TextInputs(training.encodings()), batching);
    }

    @Override
    public Tensor loss(Batch batch, ForwardMode mode) {
        return model.loss(computation.training(), training.labelled(batch), mode, computation.loss());
    }

    @Override
    public Map<String, Double> evaluate() {
        // The loss first: its strategy is what tells adapters that their dropout is over.
        Map<String, Double> scores = new LinkedHashMap<>(
                LanguageScores.of(model, computation.evaluation(), computation.loss(), heldOut, batching).asMap());
        scores.putAll(judge.scores(model, computation.evaluation()));
        return scores;
    }

    @Override
    public Metric primaryMetric() {
        return judge.primary();
    }

    @Override
    public void save(Path directory) {
        saver.accept(directory);
    }
}
