package org.frugaltorch.finetune.memory;

import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.LanguageBatch;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * Measures training steps of a language model with random weights on made-up tokens, every one of which is predicted.
 * Weights come into being one after the other, and are quantised one after the other: of a model in four bits, no more
 * than one matrix is dense at a time.
 */
public final class LanguageModelProbe {
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
     * @param dtype of dense weights and computation
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
    public StepMemory measure(StepVariant variant) {
        try (CountedStep counted = open(variant)) {
            return counted.memory();
        }
    }

    /** The same, and the model stays ready for further steps; it is closed with the result. */
    public CountedStep open(StepVariant variant) {
        TokenBatch batch = tokens.forModel(shape.config());
        LanguageBatch labelled = new LanguageBatch(batch, batch.inputIds());
        long[] formula = new long[1];
        return steps.open(() -> {
            LanguageSubject subject = subject(variant, labelled);
            formula[0] = formula(subject.adapted().model(), variant);
            return subject;
        }, variant.optimizerInBackward(), usage -> StepMemory.of(variant, usage, formula[0], tokens.count()));
    }

    private long formula(CausalLanguageModel model, StepVariant variant) {
        if (variant.method().reversible().isPresent()) {
            return Units.UNKNOWN;
        }
        int length = tokens.sequenceLength();
        return new LanguageFormula(model, tokens.batchSize(), variant.method().selected(shape.config(), length), length)
                .bytes(variant.policy());
    }

    private LanguageSubject subject(StepVariant variant, LanguageBatch batch) {
        AdaptedModel.Recipe recipe =
                new AdaptedModel.Recipe(dtype, lora, Quantisation.QLORA.computedIn(dtype)).on(device);
        return new LanguageSubject(variant,
                AdaptedModel.make(shape::randomLanguageModel, variant.whole(), recipe), batch);
    }
}
