package org.frugaltorch.finetune.classification;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.frugaltorch.bindings.OutOfTorchMemoryException;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.metrics.MetricSet;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.report.RunSummary;
import org.frugaltorch.finetune.train.Remedies;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.Trainer;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.TensorScope;

/**
 * Fine-tunes one classifier by one method and says what it took. Several runs with the same settings start from the same
 * weights and see the same batches, so their numbers can be compared.
 *
 * @param directory of the pretrained model
 * @param data tokenised with that model's tokenizer
 * @param settings of the training
 * @param options of the model
 */
public record ClassifierRun(
        ModelDirectory directory, ClassificationData data, TrainerSettings settings, Options options) {

    private static final MetricSet METRICS = MetricSet.named("accuracy", "macro_f1", "matthews");

    /**
     * What is not about training itself.
     *
     * @param batchSize sequences a micro-batch
     * @param padId token that fills short rows
     * @param pooling how states become one vector
     * @param dtype of weights and computation
     * @param dropout replaces the configuration's, when present
     * @param metric by which the best model is chosen
     */
    public record Options(
            int batchSize, int padId, Pooling pooling, DType dtype, OptionalDouble dropout, Metric metric) {
        public Options {
            if (!METRICS.metrics().contains(metric)) {
                throw new IllegalArgumentException("Classifiers are not judged by '" + metric.id() + "', but by one of "
                        + METRICS.metrics().stream().map(Metric::id).collect(Collectors.joining(", ")));
            }
            if (batchSize < 1) {
                throw new IllegalArgumentException("the batch size must be at least 1, but is " + batchSize);
            }
            if (dropout.isPresent() && !(dropout.getAsDouble() >= 0 && dropout.getAsDouble() < 1)) {
                throw new IllegalArgumentException("the dropout must be in [0, 1), not " + dropout.getAsDouble());
            }
        }
    }

    /**
     * Trains by {@code method} into {@code folder}.
     *
     * @throws IllegalArgumentException for a method that trains low-rank adapters of ordinary models
     */
    public RunSummary train(Method method, RunFolder folder) {
        if (method.training() == Method.Training.LORA || method.training() == Method.Training.QLORA) {
            throw new IllegalArgumentException(
                    "Classifiers are trained in full or made reversible, but not by " + method.name());
        }
        Engine.seed(settings.seed());
        ClassifierSettings classifier = new ClassifierSettings(
                data.labels().names(), options.pooling(), options.dtype(), Device.CPU, options.dropout());
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open()) {
            try (PreparedClassifier model = PreparedClassifier.make(
                            treatment -> directory.classifier(classifier, name -> true, treatment), method);
                    Trainer trainer = new Trainer(method.name(), task(model), settings, ledger, folder)) {
                return RunSummary.of(method.name(), trainer.fit(), described());
            } catch (OutOfTorchMemoryException full) {
                throw remedies(method).outOfMemory(full, ledger);
            }
        }
    }

    private ClassificationTask task(PreparedClassifier model) {
        return new ClassificationTask(model, data,
                BatchSettings.training(options.batchSize(), settings.seed(), options.padId()),
                METRICS, options.metric(),
                (Path target) -> model.save(directory, data.labels().names(), target));
    }

    private Map<String, String> described() {
        return Map.of("seed", Long.toString(settings.seed()), "batchSize", Integer.toString(options.batchSize()),
                "learningRate", Double.toString(settings.learningRate()), "pooling", options.pooling().toString(),
                "dtype", options.dtype().torchName());
    }

    /** What would take less memory than this. */
    private Remedies remedies(Method method) {
        Remedies.Builder remedies = new Remedies.Builder();
        remedies.forWeights(options.dtype() == DType.FLOAT32, "--dtype bfloat16");
        remedies.forActivations(options.batchSize() > 1,
                "a smaller --batch-size with more --gradient-accumulation-steps");
        boolean ordinary = method.reversible().isEmpty();
        remedies.forActivations(ordinary && method.policy() != ActivationPolicy.RECOMPUTE, "--recompute");
        remedies.forActivations(ordinary && method.policy() == ActivationPolicy.KEEP, "--lean");
        remedies.forActivations(ordinary, "--meft 1");
        remedies.forActivations(method.tokens().isEmpty(), "--tokentune 0.25");
        return remedies.forActivations(true, "a smaller --max-length").build();
    }
}
