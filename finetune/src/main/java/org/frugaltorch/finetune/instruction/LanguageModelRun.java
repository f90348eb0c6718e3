package org.frugaltorch.finetune.instruction;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.frugaltorch.bindings.OutOfTorchMemoryException;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.instruction.LanguageModelTask.Computation;
import org.frugaltorch.finetune.lora.AdapterOrigin;
import org.frugaltorch.finetune.lora.LoraAdapters;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.report.RunSummary;
import org.frugaltorch.finetune.train.Remedies;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.Trainer;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Fine-tunes one language model by one method and says what it took. Several runs with the same settings start from the
 * same weights and see the same batches, so their numbers can be compared.
 *
 * @param directory of the pretrained model
 * @param data tokenised with that model's tokenizer
 * @param settings of the training
 * @param options of the model
 */
public record LanguageModelRun(
        ModelDirectory directory, InstructionData data, TrainerSettings settings, Options options) {

    /**
     * What is not about training itself.
     *
     * @param batchSize sequences a micro-batch
     * @param padId token that fills short rows
     * @param recipe what the model and its adapter are made of
     * @param loss how head and loss are computed
     */
    public record Options(int batchSize, int padId, AdaptedModel.Recipe recipe, LanguageLoss loss) {}

    /**
     * Trains by {@code method} into {@code folder}. The folder's model is a whole one where all weights are trained,
     * and an adapter in PEFT's files otherwise.
     *
     * @throws org.frugaltorch.finetune.train.TrainingException when the loss is no number any more, or memory runs out
     */
    public RunSummary train(Method method, RunFolder folder) {
        Engine.seed(settings.seed());
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open()) {
            try (AdaptedModel adapted =
                            AdaptedModel.make(directory::languageModel, method.training(), options.recipe());
                    Trainer trainer = new Trainer(method.name(), task(adapted, method), settings, ledger, folder)) {
                return RunSummary.of(
                        method.name(), trainer.fit(), described(method, adapted.model().parameters()));
            } catch (OutOfTorchMemoryException full) {
                throw remedies(method).outOfMemory(full, ledger);
            }
        }
    }

    private LanguageModelTask task(AdaptedModel adapted, Method method) {
        Computation computation = new Computation(adapted.under(method.strategy(directory.config())),
                adapted.under(new KeepAll()), options.loss());
        return new LanguageModelTask(adapted.model(), computation, data.training(), data.heldOut(),
                BatchSettings.training(options.batchSize(), settings.seed(), options.padId()),
                target -> save(adapted, target), particulars(method));
    }

    private void save(AdaptedModel adapted, Path target) {
        if (adapted.adapters().isPresent()) {
            LoraAdapters adapters = adapted.adapters().get();
            adapters.save(AdaptedModel.ADAPTER, target,
                    new AdapterOrigin(directory.path().toString(), AdapterOrigin.Task.CAUSAL_LM),
                    directory::copyTokenizer);
        } else {
            directory.save(adapted.model(), target);
        }
    }

    /** What distinguishes runs whose trained weights may look alike. */
    private Map<String, String> particulars(Method method) {
        Map<String, String> particulars = new LinkedHashMap<>();
        if (method.training() != Training.FULL) {
            LoraSettings lora = options.recipe().lora();
            particulars.put("loraRank", Integer.toString(lora.rank()));
            particulars.put("loraAlpha", Double.toString(lora.alpha()));
            particulars.put("loraDropout", Double.toString(lora.dropout()));
            particulars.put("loraPrecision", options.recipe().precision().toString());
            particulars.put("loraTargetModules", lora.targetModules().toString());
        }
        if (method.training() == Training.QLORA) {
            Quantisation quantisation = options.recipe().quantisation();
            particulars.put("fourBits", quantisation.format().checkpointName()
                    + (quantisation.doubleQuantisation() ? " twice" : ""));
        }
        return particulars;
    }

    private Map<String, String> described(Method method, Parameters parameters) {
        Map<String, String> described = new LinkedHashMap<>();
        described.put("seed", Long.toString(settings.seed()));
        described.put("batchSize", Integer.toString(options.batchSize()));
        described.put("accumulationSteps", Integer.toString(settings.accumulationSteps()));
        described.put("learningRate", Double.toString(settings.learningRate()));
        described.put("dtype", options.recipe().dtype().torchName());
        described.put("trainedWeights",
                Long.toString(parameters.trainable().stream().mapToLong(Tensor::elementCount).sum()));
        described.put("activations", method.policy().toString());
        described.put("chunkedLoss", Boolean.toString(options.loss() == LanguageLoss.CHUNKED));
        described.putAll(particulars(method));
        return described;
    }

    /** What would take less memory than this. */
    private Remedies remedies(Method method) {
        Remedies.Builder remedies = new Remedies.Builder();
        remedies.forWeights(method.training() == Training.FULL, "--lora");
        remedies.forWeights(method.training() != Training.QLORA, "--qlora --lora");
        remedies.forWeights(options.recipe().dtype() == DType.FLOAT32, "--bf16");
        remedies.forWeights(method.training() == Training.FULL && !settings.optimizerInBackward(),
                "--optimizer-in-backward --max-grad-norm 0 --gradient-accumulation-steps 1");
        remedies.forActivations(options.batchSize() > 1, "more --gradient-accumulation-steps");
        remedies.forActivations(options.loss() == LanguageLoss.PLAIN, "--chunked-loss");
        remedies.forActivations(method.policy() != ActivationPolicy.RECOMPUTE, "--recompute");
        remedies.forActivations(method.tokens().isEmpty(), "--tokentune --prefix-length 0.3");
        return remedies.forActivations(true, "a smaller --max-length").build();
    }
}
