package org.frugaltorch.finetune.memory;

import java.util.Optional;
import org.frugaltorch.finetune.lora.LoraAdapters;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.LanguageBatch;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.quant.FourBitFormat;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;

/**
 * Measures training steps of a language model with random weights on made-up tokens, every one of which is predicted.
 * Weights come into being one after the other, and are quantised one after the other: of a model in four bits, no more
 * than one matrix is dense at a time.
 */
public final class LanguageModelProbe {
    private static final String ADAPTER = "default";

    private final ModelDirectory shape;
    private final DType dtype;
    private final Device device;
    private final LoraSettings lora;
    private final MadeUpTokens tokens;
    private final StepProbe steps;

    /**
     * A probe.
     *
     * @param shape of the model; it needs no weights
     * @param dtype of weights, adapters and computation
     * @param lora adapters of the methods that have some
     * @param batchSize sequences a step
     * @param sequenceLength tokens of each
     * @param warmUpSteps before the step that is measured
     */
    public LanguageModelProbe(
            ModelDirectory shape, DType dtype, LoraSettings lora, int batchSize, int sequenceLength, int warmUpSteps) {
        this(shape, dtype, Device.CPU, lora, batchSize, sequenceLength, warmUpSteps);
    }

    /**
     * A probe on a device.
     *
     * @param device of the weights; the other parameters as above
     */
    public LanguageModelProbe(
            ModelDirectory shape, DType dtype, Device device, LoraSettings lora, int batchSize, int sequenceLength,
            int warmUpSteps) {
        this.shape = shape;
        this.dtype = dtype;
        this.device = device;
        this.lora = lora;
        this.tokens = new MadeUpTokens(batchSize, sequenceLength);
        this.steps = new StepProbe(warmUpSteps);
    }

    /** Builds the model for a variant, measures a step and releases the model. */
    public StepMemory measure(LanguageVariant variant) {
        try (CountedStep counted = open(variant)) {
            return counted.memory();
        }
    }

    /** Builds the model for a variant, measures a step, and keeps the model ready for further ones. */
    public CountedStep open(LanguageVariant variant) {
        TokenBatch batch = tokens.forModel(shape.config());
        LanguageBatch labelled = new LanguageBatch(batch, batch.inputIds());
        return steps.open(() -> training(variant, labelled), usage -> new StepMemory(
                variant.method().name(), variant.recompute(), variant.chunkedLoss(), variant.lean(),
                usage.weights(), usage.gradients(), usage.optimizer(), usage.savedActivations(), Units.UNKNOWN,
                usage.peak(), tokens.count() / usage.seconds()));
    }

    private Training training(LanguageVariant variant, LanguageBatch batch) {
        LanguageMethod.Training trained = variant.method().training();
        boolean full = trained == LanguageMethod.Training.FULL;
        LinearTreatment treatment = trained == LanguageMethod.Training.QLORA
                ? new Quantisation(FourBitFormat.NF4, true, dtype)::apply
                : LinearTreatment.NONE;
        CausalLanguageModel model = shape.randomLanguageModel(
                new LanguageModelSettings(Optional.of(dtype), device, name -> full, false), treatment);
        try {
            return new Training(variant, model, full ? null : adapters(model), batch);
        } catch (RuntimeException failure) {
            model.close();
            throw failure;
        }
    }

    private LoraAdapters adapters(CausalLanguageModel model) {
        LoraAdapters adapters = new LoraAdapters(model.parameters(), dtype);
        adapters.add(ADAPTER, lora);
        return adapters;
    }

    /** @param adapters null when all weights are trained */
    private record Training(
            LanguageVariant variant, CausalLanguageModel model, LoraAdapters adapters, LanguageBatch batch)
            implements TrainingStep.Subject {
        @Override
        public Parameters parameters() {
            return model.parameters();
        }

        @Override
        public Tensor loss() {
            var strategy = variant.method().strategy(variant.policy());
            return model.loss(
                    adapters == null ? strategy : adapters.under(strategy), batch, ForwardMode.train(1), variant.loss());
        }

        @Override
        public void close() {
            if (adapters != null) {
                adapters.close();
            }
            model.close();
        }
    }
}
