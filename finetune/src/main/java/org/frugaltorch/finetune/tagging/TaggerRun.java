package org.frugaltorch.finetune.tagging;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.frugaltorch.bindings.OutOfTorchMemoryException;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.MethodRemedies;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.method.TrainedClassifier;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.TokenClassifier;
import org.frugaltorch.finetune.model.TokenClassifierDirectory;
import org.frugaltorch.finetune.report.RunSummary;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.Trainer;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.TensorScope;

/**
 * Fine-tunes one tagger by one method and says what it took. Several runs with the same settings start from the same
 * weights and see the same batches, so their numbers can be compared.
 *
 * @param directory of the pretrained model
 * @param data tokenised with that model's tokenizer
 * @param settings of the training
 * @param options of the model
 * @param recipe of low-rank adapters, for methods that have some
 */
public record TaggerRun(
        TokenClassifierDirectory directory, TaggingData data, TrainerSettings settings, Options options,
        AdaptedModel.Recipe recipe) {
    private static final String TEST = "test_";

    /**
     * What is not about training itself.
     *
     * @param batching of training sentences
     * @param dtype of weights and computation
     * @param device where the weights are
     * @param dropout replaces the configuration's, when present
     * @param metric by which the best model is chosen
     */
    public record Options(
            BatchSettings batching, DType dtype, Device device, OptionalDouble dropout, Metric metric) {
        public Options {
            ClassifierSettings.requireDropout(dropout);
        }
    }

    public TaggerRun {
        data.scheme().metric(options.metric().id());
    }

    /**
     * Trains by {@code method} into {@code folder}. The folder's model is a whole one where all weights are trained, and
     * adapters with the new head otherwise. What is held out for a test is labelled by the best model, and
     * scored under names that begin with {@code test_}.
     *
     * @throws IllegalArgumentException for a method that always selects entities when labels mark none, or when method
     *     and recipe do not fit the model
     */
    public RunSummary train(TaggingMethod method, RunFolder folder) {
        if (method.always() == AlwaysSelect.ENTITIES && !data.scheme().marksEntities()) {
            throw new IllegalArgumentException("The labels are " + data.scheme()
                    + ", so there are no entities to select always: give labelled or none");
        }
        Engine.seed(settings.seed());
        ClassifierSettings classifier = ClassifierSettings.ofTokens(
                data.labels().names(), options.dtype(), options.device(), options.dropout());
        RunSummary summary;
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open()) {
            try (PreparedClassifier<TokenClassifier> model =
                            PreparedClassifier.make(directory, classifier, method.method(), recipe);
                    Trainer trainer = new Trainer(method.name(), task(model, method), settings, ledger, folder)) {
                summary = RunSummary.of(method.name(), trainer.fit(), described(model));
            } catch (OutOfTorchMemoryException full) {
                throw MethodRemedies.of(method.method(), options.batching().batchSize(), options.dtype())
                        .outOfMemory(full, ledger);
            }
        }
        return summary.withMetrics(tested(folder.model()));
    }

    private TaggingTask task(PreparedClassifier<TokenClassifier> model, TaggingMethod method) {
        return new TaggingTask(model, method, data, options.batching(), options.metric(),
                (Path target) -> model.save(directory, data.labels().names(), target));
    }

    private Map<String, Double> tested(Path best) {
        Map<String, Double> values = new LinkedHashMap<>();
        data.test().ifPresent(test -> {
            try (TensorScope scope = TensorScope.open();
                    PreparedClassifier<TokenClassifier> model = TrainedClassifier
                            .openOfTokens(best, null).load(options.dtype(), options.device())) {
                TagPredictions.of(model, data.labels(), test, options.batching()).judge(test.file(), data.scheme())
                        .forEach((name, value) -> values.put(TEST + name, value));
            }
        });
        return values;
    }

    private Map<String, String> described(PreparedClassifier<TokenClassifier> model) {
        Map<String, String> described = new LinkedHashMap<>();
        described.put("seed", Long.toString(settings.seed()));
        described.put("batchSize", Integer.toString(options.batching().batchSize()));
        described.put("learningRate", Double.toString(settings.learningRate()));
        described.put("dtype", options.dtype().torchName());
        described.put("lostWords", Integer.toString(data.training().lostWords()));
        described.put("trainedWeights", Long.toString(model.model().parameters().trainableElements()));
        described.putAll(model.particulars());
        return described;
    }
}
