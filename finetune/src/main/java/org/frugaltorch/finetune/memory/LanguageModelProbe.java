package org.frugaltorch.finetune.memory;

import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.LanguageBatch;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.quant.FourBitFormat;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;

/**
 * Measures training steps of a language model with random weights on made-up tokens, every one of which is predicted.
 * Weights come into being one after the other, and are quantised one after the other: of a model in four bits, no more
 * than one matrix is dense at a time.
 */
public final class LanguageModelProbe {
    private final ModelDirectory shape;
    private final DType dtype;
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
        this.shape = shape;
        this.dtype = dtype;
        this.lora = lora;
        this.tokens = new MadeUpTokens(batchSize, sequenceLength);
        this.steps = new StepProbe(warmUpSteps);
    }

    /** Builds the model for a variant, measures a step and releases the model. */
    public StepMemory measure(StepVariant variant) {
        TokenBatch batch = tokens.forModel(shape.config());
        LanguageBatch labelled = new LanguageBatch(batch, batch.inputIds());
        long[] formula = new long[1];
        StepProbe.Usage usage = steps.measure(() -> {
            Training training = training(variant, labelled);
            formula[0] = formula(training.adapted().model(), variant);
            return training;
        }, variant.optimizerInBackward());
        return StepMemory.of(variant, usage, formula[0], tokens.count());
    }

    private long formula(CausalLanguageModel model, StepVariant variant) {
        int length = tokens.sequenceLength();
        return new LanguageFormula(model, tokens.batchSize(), variant.method().selected(shape.config(), length), length)
                .bytes(variant.policy(), variant.loss());
    }

    private Training training(StepVariant variant, LanguageBatch batch) {
        AdaptedModel.Recipe recipe =
                new AdaptedModel.Recipe(dtype, lora, new Quantisation(FourBitFormat.NF4, true, dtype));
        return new Training(variant,
                AdaptedModel.make(shape::randomLanguageModel, variant.method().training(), recipe), batch);
    }

    private record Training(StepVariant variant, AdaptedModel adapted, LanguageBatch batch)
            implements StepProbe.Subject {
        @Override
        public Parameters parameters() {
            return adapted.model().parameters();
        }

        @Override
        public Tensor loss() {
            CausalLanguageModel model = adapted.model();
            ActivationStrategy strategy = variant.whole().strategy(model.stack().config());
            return model.loss(adapted.under(strategy), batch, ForwardMode.train(1), variant.loss());
        }

        @Override
        public void close() {
            adapted.close();
        }
    }
}
