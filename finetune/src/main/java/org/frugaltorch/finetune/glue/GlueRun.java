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
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.SequenceClassifier;
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
     * @param method that trains all weights
     * @param metric one of the task's
     */
    public TrainingResult train(
            ModelDirectory pretrained, Method method, TrainerSettings settings, Metric metric, RunFolder folder) {
        ClassificationData learnt = new ClassificationData(
                data.training().orElseThrow(), data.validation().orElseThrow(), LabelSet.of(task.outputs()));
        Engine.seed(settings.seed());
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open();
                SequenceClassifier classifier = pretrained.classifier(model);
                Trainer trainer = new Trainer(method.name(), learning(pretrained, classifier, method, learnt, metric),
                        settings, ledger, folder)) {
            return trainer.fit();
        }
    }

    private ClassificationTask learning(ModelDirectory pretrained, SequenceClassifier classifier, Method method,
            ClassificationData learnt, Metric metric) {
        return new ClassificationTask(classifier, method.strategy(pretrained.config()), learnt, training,
                task.metrics(), metric, (Path target) -> pretrained.save(classifier, task.outputs(), target));
    }

    /**
     * Judges a saved model: values by metric name, those on MNLI's texts of other kinds with {@code _mm} behind theirs.
     */
    public Map<String, Double> evaluate(ModelDirectory saved) {
        Map<String, Double> values = new LinkedHashMap<>();
        try (TensorScope scope = TensorScope.open();
                SequenceClassifier classifier = saved.savedClassifier(model)) {
            data.validation().ifPresent(part -> values.putAll(judge(classifier, part)));
            data.mismatched().ifPresent(part ->
                    judge(classifier, part).forEach((name, value) -> values.put(name + "_mm", value)));
        }
        return values;
    }

    private Map<String, Double> judge(SequenceClassifier classifier, LabelledTokens part) {
        return part.targets().judge(task.metrics(), Scores.of(classifier, part, evaluation()));
    }

    private BatchSettings evaluation() {
        return BatchSettings.evaluation(evaluationBatchSize, training.padId());
    }

    /**
     * Writes a saved model's answers to the test examples, as GLUE's server takes them.
     *
     * @return the files
     */
    public List<Path> predict(ModelDirectory saved, Path folder) {
        List<Path> written = new ArrayList<>();
        try (TensorScope scope = TensorScope.open();
                SequenceClassifier classifier = saved.savedClassifier(model)) {
            write(classifier, data.test(), folder, false).ifPresent(written::add);
            write(classifier, data.mismatchedTest(), folder, true).ifPresent(written::add);
        }
        return written;
    }

    private Optional<Path> write(
            SequenceClassifier classifier, Optional<List<Encoding>> part, Path folder, boolean mismatched) {
        return part.map(texts -> {
            LabelledTokens unanswered =
                    new LabelledTokens(texts, new Targets.Numbers(new double[texts.size()]), Batch::toTokens);
            return Submission.write(folder, task, mismatched, Scores.of(classifier, unanswered, evaluation()));
        });
    }
}
