package org.frugaltorch.finetune.classification;

import java.nio.file.Path;
import java.util.List;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.metrics.MetricSet;
import org.frugaltorch.finetune.model.ActivationStrategy;
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
 * Full fine-tuning of one classifier on any examples: texts, pairs or pictures, of classes or of numbers.
 *
 * @param pretrained model to begin with
 * @param model what it shall be; its labels are those of the data
 * @param data to learn from and to judge by
 * @param batching of the examples that are learnt from
 * @param metrics by which models are judged
 * @param primary by which the best is chosen
 */
public record ClassifierTraining(
        ModelDirectory pretrained, ClassifierSettings model, ClassificationData data, BatchSettings batching,
        MetricSet metrics, Metric primary) {

    /**
     * Trains, and saves the best model.
     *
     * @param method its name, for the log
     * @param strategy of training; evaluation always sees all tokens
     */
    public TrainingResult fit(String method, ActivationStrategy strategy, TrainerSettings settings, RunFolder folder) {
        List<String> labels = data.labels().names();
        Engine.seed(settings.seed());
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open();
                SequenceClassifier classifier = pretrained.classifier(model);
                Trainer trainer = new Trainer(method,
                        new ClassificationTask(classifier, strategy, data, batching, metrics, primary,
                                (Path target) -> pretrained.save(classifier, labels, target)),
                        settings, ledger, folder)) {
            return trainer.fit();
        }
    }
}
