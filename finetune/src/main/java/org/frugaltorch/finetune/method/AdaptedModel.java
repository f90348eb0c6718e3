package org.frugaltorch.finetune.method;

import java.util.Optional;
import org.frugaltorch.finetune.lora.AdapterPrecision;
import org.frugaltorch.finetune.lora.LoraAdapters;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * A language model made ready for a method: all of it trained, or frozen with an adapter on it, over dense weights or
 * over weights in four bits.
 *
 * @param model owned by this
 * @param adapters with one adapter, the active one; empty where all weights are trained
 */
public record AdaptedModel(CausalLanguageModel model, Optional<LoraAdapters> adapters) implements AutoCloseable {
    /** Name of the adapter, as PEFT calls one that nobody named. */
    public static final String ADAPTER = "default";

    /**
     * What models are made of.
     *
     * @param dtype of dense weights and computation
     * @param lora the adapter, for methods that have one
     * @param quantisation of frozen weights, for methods that have some in four bits
     * @param precision of the adapter's matrices
     */
    public record Recipe(DType dtype, LoraSettings lora, Quantisation quantisation, AdapterPrecision precision) {
        /** With adapters in float32: they are small, and small steps would vanish in bfloat16. */
        public Recipe(DType dtype, LoraSettings lora, Quantisation quantisation) {
            this(dtype, lora, quantisation, AdapterPrecision.FLOAT32);
        }
    }

    /** Where the model comes from. */
    @FunctionalInterface
    public interface Source {
        /** Loads or draws the model, treating each linear layer before the next one is made. */
        CausalLanguageModel make(LanguageModelSettings settings, LinearTreatment treatment);
    }

    /**
     * Makes a model and what the training needs on it. Weights are quantised one after the other: of a model in four
     * bits, no more than one matrix is dense at a time.
     *
     * @throws IllegalArgumentException when the recipe does not fit the model
     */
    public static AdaptedModel make(Source source, Training training, Recipe recipe) {
        boolean full = training == Training.FULL;
        LinearTreatment treatment =
                training == Training.QLORA ? recipe.quantisation()::apply : LinearTreatment.NONE;
        CausalLanguageModel model = source.make(
                new LanguageModelSettings(Optional.of(recipe.dtype()), Device.CPU, name -> full, false), treatment);
        try {
            return new AdaptedModel(model, full ? Optional.empty() : Optional.of(adapters(model, recipe)));
        } catch (RuntimeException failure) {
            model.close();
            throw failure;
        }
    }

    private static LoraAdapters adapters(CausalLanguageModel model, Recipe recipe) {
        LoraAdapters adapters = new LoraAdapters(model.parameters(), recipe.precision());
        adapters.add(ADAPTER, recipe.lora());
        return adapters;
    }

    /** The strategy for this model: an adapter's dropout acts in training alone. */
    public ActivationStrategy under(ActivationStrategy strategy) {
        return adapters.map(present -> present.under(strategy)).orElse(strategy);
    }

    @Override
    public void close() {
        adapters.ifPresent(LoraAdapters::close);
        model.close();
    }
}
