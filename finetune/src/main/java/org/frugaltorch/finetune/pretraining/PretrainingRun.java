package org.frugaltorch.finetune.pretraining;

import java.util.LinkedHashMap;
import java.util.Map;
import org.frugaltorch.bindings.OutOfTorchMemoryException;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.instruction.Judge;
import org.frugaltorch.finetune.instruction.LanguageModelTask;
import org.frugaltorch.finetune.instruction.LanguageModelTask.Computation;
import org.frugaltorch.finetune.instruction.LanguageTokens;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.model.ModelDirectory;
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
 * Trains a decoder from weights drawn at random.
 *
 * @param shape of the model, with its tokenizer; see {@link ModelShape#with}
 * @param training rows to learn
 * @param heldOut rows to judge by
 * @param settings of the training
 * @param options of the model
 */
public record PretrainingRun(
        ModelDirectory shape, LanguageTokens training, LanguageTokens heldOut, TrainerSettings settings,
        Options options) {
    /** Name of the method in logs and reports. */
    public static final String METHOD = "pretrain";

    /**
     * What is not about training itself.
     *
     * @param batchSize rows a micro-batch
     * @param dtype of weights and computation
     * @param device where the weights are
     * @param policy what is kept of activations
     * @param loss how head and loss are computed
     */
    public record Options(int batchSize, DType dtype, Device device, ActivationPolicy policy, LanguageLoss loss) {}

    /**
     * Trains into {@code folder}; the model is what {@code generate}, {@code evaluate} and others load.
     *
     * @throws org.frugaltorch.finetune.train.TrainingException when the loss is no number any more, or memory runs out
     */
    public RunSummary train(RunFolder folder) {
        Engine.seed(settings.seed());
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open()) {
            try (CausalLanguageModel model = shape.randomLanguageModel(
                            LanguageModelSettings.training(options.dtype()).on(options.device()), LinearTreatment.NONE);
                    Trainer trainer = new Trainer(METHOD, task(model), settings, ledger, folder)) {
                return RunSummary.of(METHOD, trainer.fit(), described(model));
            } catch (OutOfTorchMemoryException full) {
                throw remedies().outOfMemory(full, ledger);
            }
        }
    }

    private LanguageModelTask task(CausalLanguageModel model) {
        Computation computation = new Computation(new KeepAll(options.policy()), new KeepAll(), options.loss());
        return new LanguageModelTask(model, computation, training, heldOut, Judge.LOSS,
                BatchSettings.training(options.batchSize(), settings.seed(), shape.config().padTokenId()),
                target -> shape.save(model, target), Map.of());
    }

    private Map<String, String> described(CausalLanguageModel model) {
        Map<String, String> described = new LinkedHashMap<>();
        described.put("seed", Long.toString(settings.seed()));
        described.put("batchSize", Integer.toString(options.batchSize()));
        described.put("accumulationSteps", Integer.toString(settings.accumulationSteps()));
        described.put("learningRate", Double.toString(settings.learningRate()));
        described.put("dtype", options.dtype().torchName());
        described.put("trainedWeights", Long.toString(model.parameters().trainableElements()));
        described.put("activations", options.policy().toString());
        return described;
    }

    /** What would take less memory than this. */
    private Remedies remedies() {
        Remedies.Builder remedies = new Remedies.Builder();
        remedies.forWeights(options.dtype() == DType.FLOAT32, "--dtype bfloat16");
        remedies.forActivations(
                options.batchSize() > 1, "a smaller --batch-size and more --gradient-accumulation-steps");
        remedies.forActivations(options.loss() == LanguageLoss.PLAIN, "--chunked-loss");
        remedies.forActivations(options.policy() != ActivationPolicy.RECOMPUTE, "--recompute");
        return remedies.forActivations(true, "a smaller --max-length").build();
    }
}
