package org.frugaltorch.finetune.classification;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.metrics.MetricSet;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.finetune.train.TrainingTask;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/** Training a {@link SequenceClassifier} on labelled examples, under any activation strategy. */
public final class ClassificationTask implements TrainingTask {
    private final PreparedClassifier<SequenceClassifier> classifier;
    private final SequenceClassifier model;
    private final LabelledTokens training;
    private final LabelledTokens heldOut;
    private final BatchSettings batching;
    private final int classes;
    private final MetricSet metrics;
    private final Metric primary;
    private final Consumer<Path> saver;

    /**
     * A task whose model is trained in full and evaluated as an ordinary one.
     *
     * @param strategy of training; evaluation always sees all tokens
     * @param batching of training examples
     * @param saver writes the model to a directory
     */
    public ClassificationTask(
            SequenceClassifier model,
            ActivationStrategy strategy,
            ClassificationData data,
            BatchSettings batching,
            MetricSet metrics,
            Metric primary,
            Consumer<Path> saver) {
        this(PreparedClassifier.ordinary(model, strategy), data, batching, metrics, primary, saver);
    }

    /**
     * A task.
     *
     * @param classifier ready for a method
     * @param batching of training examples
     * @param saver writes the model to a directory
     */
    public ClassificationTask(
            PreparedClassifier<SequenceClassifier> classifier,
            ClassificationData data,
            BatchSettings batching,
            MetricSet metrics,
            Metric primary,
            Consumer<Path> saver) {
        this.classifier = classifier;
        this.model = classifier.model();
        this.training = data.training();
        this.heldOut = data.heldOut();
        this.batching = batching;
        this.classes = data.labels().size();
        this.metrics = metrics;
        this.primary = primary;
        this.saver = saver;
    }

    @Override
    public Map<String, String> settings() {
        TransformerConfig config = model.stack().config();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("batchSize", Integer.toString(batching.batchSize()));
        settings.put("pooling", model.pooling().toString());
        settings.put("dtype", model.dtype().torchName());
        settings.put("dropout", config.hiddenDropout() + " and " + config.attentionDropout());
        settings.put("metric", primary.id());
        settings.put("classes", Integer.toString(classes));
        settings.put("examples", Integer.toString(training.count()));
        settings.put("tokens", Long.toString(training.inputs().tokens()));
        settings.putAll(classifier.particulars());
        return settings;
    }

    @Override
    public Parameters parameters() {
        return model.parameters();
    }

    @Override
    public Batcher trainingBatches() {
        return new Batcher(training.inputs(), batching);
    }

    @Override
    public Tensor loss(Batch batch, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor scores = model.logits(classifier.training(), batch.tokens(), mode); // [B, classes]
            return scope.promote(training.targets().loss(scores, batch.examples()));
        }
    }

    @Override
    public Map<String, Double> evaluate() {
        return heldOut.targets().judge(metrics, Scores.of(model, classifier.evaluation(), heldOut, batching));
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
