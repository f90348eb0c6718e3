package org.frugaltorch.finetune.glue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.classification.ClassificationData;
import org.frugaltorch.finetune.classification.ClassificationTask;
import org.frugaltorch.finetune.classification.LabelledTokens;
import org.frugaltorch.finetune.classification.Scores;
import org.frugaltorch.finetune.classification.Targets;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.finetune.data.TextInputs;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.method.TrainedClassifier;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.Trainer;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.finetune.train.TrainingResult;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.TensorScope;

/**
 * Trains, judges and asks a model on one task.
 *
 * @param task of the benchmark
 * @param data of that task
 * @param model what it shall be; its labels are the task's
 * @param training of the batches that are learnt from
 * @param evaluationBatchSize sequences at once where nothing is learnt
 */
public record GlueRun(
        GlueTask task, GlueData data, ClassifierSettings model, BatchSettings training, int evaluationBatchSize) {

    /**
     * Trains, and keeps the model that was best by {@code metric}.
     *
     * @param recipe of low-rank adapters, for methods that have some
     * @param metric one of the task's
     */
    public TrainingResult train(
            ModelDirectory pretrained, Method method, AdaptedModel.Recipe recipe, TrainerSettings settings,
            Metric metric, RunFolder folder) {
        ClassificationData learnt = new ClassificationData(
                data.training().orElseThrow(), data.validation().orElseThrow(), LabelSet.of(task.outputs()));
        Engine.seed(settings.seed());
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open();
                PreparedClassifier<SequenceClassifier> classifier =
                        PreparedClassifier.make(pretrained, model, method, recipe);
                Trainer trainer = new Trainer(method.name(), learning(pretrained, classifier, learnt, metric),
                        settings, ledger, folder)) {
            return trainer.fit();
        }
    }

    private ClassificationTask learning(
            ModelDirectory pretrained, PreparedClassifier<SequenceClassifier> classifier,
            ClassificationData learnt, Metric metric) {
        return new ClassificationTask(classifier, learnt, training, task.metrics(), metric,
                (Path target) -> classifier.save(new SequenceClassifierDirectory(pretrained), task.outputs(), target));
    }

    /** What {@link #train} saved, or anything like it. */
    private PreparedClassifier<SequenceClassifier> load(Path saved) {
        return TrainedClassifier.isAdapters(saved)
                ? TrainedClassifier.open(saved, null).load(model.dtype(), model.device())
                : PreparedClassifier.ordinary(SequenceClassifierDirectory.open(saved).loadTrained(model));
    }

    /**
     * Judges a saved model: values by metric name, those on MNLI's texts of other kinds with {@code _mm} behind theirs.
     */
    public Map<String, Double> evaluate(Path saved) {
        Map<String, Double> values = new LinkedHashMap<>();
        try (TensorScope scope = TensorScope.open();
                PreparedClassifier<SequenceClassifier> classifier = load(saved)) {
            data.validation().ifPresent(part -> values.putAll(judge(classifier, part)));
            data.mismatched().ifPresent(part ->
                    judge(classifier, part).forEach((name, value) -> values.put(name + "_mm", value)));
        }
        return values;
    }

    private Map<String, Double> judge(PreparedClassifier<SequenceClassifier> classifier, LabelledTokens part) {
        return part.targets().judge(task.metrics(), scores(classifier, part));
    }

    private Scores scores(PreparedClassifier<SequenceClassifier> classifier, LabelledTokens part) {
        return Scores.of(classifier.model(), classifier.evaluation(), part, evaluation());
    }

    private BatchSettings evaluation() {
        return BatchSettings.evaluation(evaluationBatchSize, training.padId());
    }

    /**
     * Writes a saved model's answers to the test examples, as GLUE's server takes them.
     *
     * @return the files
     */
    public List<Path> predict(Path saved, Path folder) {
        List<Path> written = new ArrayList<>();
        try (TensorScope scope = TensorScope.open();
                PreparedClassifier<SequenceClassifier> classifier = load(saved)) {
            write(classifier, data.test(), folder, false).ifPresent(written::add);
            write(classifier, data.mismatchedTest(), folder, true).ifPresent(written::add);
        }
        return written;
    }

    private Optional<Path> write(
            PreparedClassifier<SequenceClassifier> classifier, Optional<List<Encoding>> part, Path folder, boolean mismatched) {
        return part.map(texts -> {
            LabelledTokens unanswered =
                    new LabelledTokens(new TextInputs(texts), new Targets.Numbers(new double[texts.size()]));
            return Submission.write(folder, task, mismatched, scores(classifier, unanswered));
        });
    }
}
