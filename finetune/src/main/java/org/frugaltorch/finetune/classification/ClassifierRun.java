package org.frugaltorch.finetune.classification;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.frugaltorch.bindings.OutOfTorchMemoryException;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.MethodRemedies;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.metrics.MetricSet;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.report.RunSummary;
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
 * @param recipe of low-rank adapters, for methods that have some
 */
public record ClassifierRun(
        ModelDirectory directory, ClassificationData data, TrainerSettings settings, Options options,
        AdaptedModel.Recipe recipe) {

    private static final MetricSet METRICS = MetricSet.named("accuracy", "macro_f1", "matthews");

    /**
     * What is not about training itself.
     *
     * @param batchSize sequences a micro-batch
     * @param padId token that fills short rows
     * @param pooling how states become one vector
     * @param dtype of weights and computation
     * @param device where the weights are
     * @param dropout replaces the configuration's, when present
     * @param metric by which the best model is chosen
     */
    public record Options(
            int batchSize, int padId, Pooling pooling, DType dtype, Device device, OptionalDouble dropout, Metric metric) {
        public Options {
            if (!METRICS.metrics().contains(metric)) {
                throw new IllegalArgumentException("Classifiers are not judged by '" + metric.id() + "', but by one of "
                        + METRICS.metrics().stream().map(Metric::id).collect(Collectors.joining(", ")));
            }
            if (batchSize < 1) {
                throw new IllegalArgumentException("the batch size must be at least 1, but is " + batchSize);
            }
            ClassifierSettings.requireDropout(dropout);
        }

        /** On the CPU. */
        public Options(
                int batchSize, int padId, Pooling pooling, DType dtype, OptionalDouble dropout, Metric metric) {
            this(batchSize, padId, pooling, dtype, Device.CPU, dropout, metric);
        }
    }

    /** With the usual adapters, see {@link PreparedClassifier#usualRecipe}. */
    public ClassifierRun(
            ModelDirectory directory, ClassificationData data, TrainerSettings settings, Options options) {
        this(directory, data, settings, options, PreparedClassifier.usualRecipe(directory, options.dtype()));
    }

    /**
     * Trains by {@code method} into {@code folder}. The folder's model is a whole one where all weights are trained,
     * and adapters with the new head otherwise.
     *
     * @throws IllegalArgumentException when method and recipe do not fit the model
     * @throws org.frugaltorch.finetune.train.TrainingException when the loss is no number any more, or memory runs out
     */
    public RunSummary train(Method method, RunFolder folder) {
        Engine.seed(settings.seed());
        ClassifierSettings classifier = new ClassifierSettings(
                data.labels().names(), options.pooling(), options.dtype(), options.device(), options.dropout());
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open()) {
            try (PreparedClassifier<SequenceClassifier> model =
                            PreparedClassifier.make(directory, classifier, method, recipe);
                    Trainer trainer = new Trainer(method.name(), task(model), settings, ledger, folder)) {
                return RunSummary.of(method.name(), trainer.fit(), described(model));
            } catch (OutOfTorchMemoryException full) {
                throw MethodRemedies.of(method, options.batchSize(), options.dtype()).outOfMemory(full, ledger);
            }
        }
    }

    private ClassificationTask task(PreparedClassifier<SequenceClassifier> model) {
        return new ClassificationTask(model, data,
                BatchSettings.training(options.batchSize(), settings.seed(), options.padId()),
                METRICS, options.metric(),
                (Path target) -> model.save(new SequenceClassifierDirectory(directory), data.labels().names(), target));
    }

    private Map<String, String> described(PreparedClassifier<SequenceClassifier> model) {
        Map<String, String> described = new LinkedHashMap<>();
        described.put("seed", Long.toString(settings.seed()));
        described.put("batchSize", Integer.toString(options.batchSize()));
        described.put("learningRate", Double.toString(settings.learningRate()));
        described.put("pooling", options.pooling().toString());
        described.put("dtype", options.dtype().torchName());
        described.put("trainedWeights", Long.toString(model.model().parameters().trainableElements()));
        described.putAll(model.particulars());
        return described;
    }
}
