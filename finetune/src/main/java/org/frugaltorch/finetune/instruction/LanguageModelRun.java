package org.frugaltorch.finetune.instruction;

import java.util.LinkedHashMap;
import java.util.Map;
import org.frugaltorch.bindings.OutOfTorchMemoryException;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.instruction.LanguageModelTask.Computation;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.report.RunSummary;
import org.frugaltorch.finetune.train.Remedies;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.Trainer;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.TensorScope;

/**
 * Fine-tunes one language model by one method and says what it took. Several runs with the same settings start from the
 * same weights and see the same batches, so their numbers can be compared.
 *
 * @param directory of the pretrained model
 * @param data tokenised with that model's tokenizer
 * @param judge scores the model besides, and says which one is the best
 * @param settings of the training
 * @param options of the model
 */
public record LanguageModelRun(
        ModelDirectory directory, InstructionData data, Judge judge, TrainerSettings settings, Options options) {

    /**
     * What is not about training itself.
     *
     * @param batchSize sequences a micro-batch
     * @param padId token that fills short rows
     * @param recipe what the model and its adapter are made of
     * @param loss how head and loss are computed
     */
    public record Options(int batchSize, int padId, AdaptedModel.Recipe recipe, LanguageLoss loss) {}

    /** Judged by the loss of held-out texts alone. */
    public LanguageModelRun(
            ModelDirectory directory, InstructionData data, TrainerSettings settings, Options options) {
        this(directory, data, Judge.LOSS, settings, options);
    }

    /**
     * Trains by {@code method} into {@code folder}. The folder's model is a whole one where all weights are trained,
     * and what was trained beside it otherwise: an adapter in PEFT's files, or what made the model reversible.
     *
     * @throws org.frugaltorch.finetune.train.TrainingException when the loss is no number any more, or memory runs out
     */
    public RunSummary train(Method method, RunFolder folder) {
        Engine.seed(settings.seed());
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open()) {
            try (AdaptedModel adapted =
                            AdaptedModel.make(directory::languageModel, method, options.recipe());
                    Trainer trainer = new Trainer(method.name(), task(adapted), settings, ledger, folder)) {
                return RunSummary.of(method.name(), trainer.fit(), described(method, adapted));
            } catch (OutOfTorchMemoryException full) {
                throw remedies(method).outOfMemory(full, ledger);
            }
        }
    }

    private LanguageModelTask task(AdaptedModel adapted) {
        Computation computation = new Computation(adapted.training(), adapted.evaluation(), options.loss());
        return new LanguageModelTask(adapted.model(), computation, data.training(), data.heldOut(), judge,
                BatchSettings.training(options.batchSize(), settings.seed(), options.padId()),
                target -> adapted.save(directory, target), adapted.particulars());
    }

    private Map<String, String> described(Method method, AdaptedModel adapted) {
        Map<String, String> described = new LinkedHashMap<>();
        described.put("seed", Long.toString(settings.seed()));
        described.put("batchSize", Integer.toString(options.batchSize()));
        described.put("accumulationSteps", Integer.toString(settings.accumulationSteps()));
        described.put("learningRate", Double.toString(settings.learningRate()));
        described.put("dtype", options.recipe().dtype().torchName());
        described.put("trainedWeights", Long.toString(adapted.model().parameters().trainableElements()));
        described.put("activations", method.policy().toString());
        described.put("chunkedLoss", Boolean.toString(options.loss() == LanguageLoss.CHUNKED));
        described.putAll(adapted.particulars());
        return described;
    }

    /** What would take less memory than this. */
    private Remedies remedies(Method method) {
        Remedies.Builder remedies = new Remedies.Builder();
        remedies.forWeights(method.training() == Training.FULL, "--lora");
        remedies.forWeights(method.training() == Training.FULL || method.training() == Training.LORA, "--qlora --lora");
        remedies.forWeights(
                method.reversible().map(recipe -> recipe.quantisation().isEmpty()).orElse(false), "--meft-4bit");
        remedies.forWeights(options.recipe().dtype() == DType.FLOAT32, "--bf16");
        remedies.forWeights(method.training() == Training.FULL && !settings.optimizerInBackward(),
                "--optimizer-in-backward --max-grad-norm 0 --gradient-accumulation-steps 1");
        remedies.forActivations(options.batchSize() > 1, "more --gradient-accumulation-steps");
        remedies.forActivations(options.loss() == LanguageLoss.PLAIN, "--chunked-loss");
        boolean ordinary = method.reversible().isEmpty();
        remedies.forActivations(ordinary && method.policy() != ActivationPolicy.RECOMPUTE, "--recompute");
        remedies.forActivations(method.training() == Training.FULL, "--meft 1");
        remedies.forActivations(method.tokens().isEmpty(), "--tokentune --prefix-length 0.3");
        return remedies.forActivations(true, "a smaller --max-length").build();
    }
}
