package org.frugaltorch.finetune.pretraining;

import java.util.Map;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.instruction.LanguageModelTask;
import org.frugaltorch.finetune.instruction.LanguageTokens;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.report.RunSummary;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.Trainer;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.TensorScope;

/**
 * Trains a decoder from weights drawn at random.
 *
 * @param shape of the model, with its tokenizer; see {@link ModelShape#with}
 * @param training rows to learn
 * @param heldOut rows to judge by
 * @param settings of the training
 * @param batchSize rows a micro-batch
 * @param dtype of weights and computation
 */
public record PretrainingRun(
        ModelDirectory shape, LanguageTokens training, LanguageTokens heldOut, TrainerSettings settings, int batchSize,
        DType dtype) {
    /** Name of the method in logs and reports. */
    public static final String METHOD = "pretrain";

    /** Trains into {@code folder}; the model is what {@code generate}, {@code evaluate} and others load. */
    public RunSummary train(RunFolder folder) {
        Engine.seed(settings.seed());
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open();
                CausalLanguageModel model = shape.randomLanguageModel(
                        LanguageModelSettings.training(dtype), LinearTreatment.NONE);
                Trainer trainer = new Trainer(METHOD, task(model), settings, ledger, folder)) {
            return RunSummary.of(METHOD, trainer.fit(), described(model));
        }
    }

    private LanguageModelTask task(CausalLanguageModel model) {
        return new LanguageModelTask(model, new KeepAll(), training, heldOut,
                BatchSettings.training(batchSize, settings.seed(), shape.config().padTokenId()),
                target -> shape.save(model, target));
    }

    private Map<String, String> described(CausalLanguageModel model) {
        long parameters = model.parameters().asMap().values().stream().mapToLong(tensor -> tensor.elementCount()).sum();
        return Map.of("seed", Long.toString(settings.seed()), "batchSize", Integer.toString(batchSize),
                "learningRate", Double.toString(settings.learningRate()), "dtype", dtype.torchName(),
                "parameters", Long.toString(parameters));
    }
}
