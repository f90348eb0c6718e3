package org.frugaltorch.finetune.tagging;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.data.TextInputs;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.metrics.Entity;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TokenClassifier;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.finetune.train.TrainingTask;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/** Training a {@link TokenClassifier} on labelled sentences: the loss is of the tokens that carry gradients alone. */
final class TaggingTask implements TrainingTask {
    private final PreparedClassifier<TokenClassifier> classifier;
    private final TokenClassifier model;
    private final TaggingMethod method;
    private final TaggingData data;
    private final BatchSettings batching;
    private final Metric primary;
    private final Consumer<Path> saver;
    private final int outside;

    /**
     * A task.
     *
     * @param classifier ready for the method
     * @param batching of training sentences
     * @param saver writes the model to a directory
     */
    public TaggingTask(
            PreparedClassifier<TokenClassifier> classifier, TaggingMethod method, TaggingData data,
            BatchSettings batching, Metric primary, Consumer<Path> saver) {
        this.classifier = classifier;
        this.model = classifier.model();
        this.method = method;
        this.data = data;
        this.batching = batching;
        this.primary = primary;
        this.saver = saver;
        this.outside = data.labels().contains(Entity.OUTSIDE) ? data.labels().id(Entity.OUTSIDE) : -1;
    }

    @Override
    public Map<String, String> settings() {
        TransformerConfig config = model.stack().config();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("batchSize", Integer.toString(batching.batchSize()));
        settings.put("dtype", model.dtype().torchName());
        settings.put("dropout", config.hiddenDropout() + " and " + config.attentionDropout());
        settings.put("metric", primary.id());
        settings.put("labels", data.labels().toString());
        settings.put("sentences", Integer.toString(data.training().encodings().size()));
        settings.put("tokens", Long.toString(data.training().tokens()));
        settings.putAll(classifier.particulars());
        return settings;
    }

    @Override
    public Parameters parameters() {
        return model.parameters();
    }

    @Override
    public Batcher trainingBatches() {
        return new Batcher(new TextInputs(data.training().encodings()), batching);
    }

    @Override
    public Tensor loss(Batch batch, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open()) {
            TokenBatch tokens = batch.tokens();
            int[][] labels = data.training().labels(batch.examples());
            return scope.promote(
                    model.scores(method.strategy(classifier, tokens, labels, outside), tokens, mode).loss(labels));
        }
    }

    @Override
    public Map<String, Double> evaluate() {
        return TagPredictions.of(classifier, data.labels(), data.heldOut(), batching)
                .judge(data.heldOut().file(), data.scheme());
    }

    @Override
    public Metric primaryMetric() {
        return primary;
    }

    @Override
    public void save(Path directory) {
        saver.accept(directory);
    }
}
