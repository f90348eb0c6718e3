package org.frugaltorch.finetune.method;

import java.util.Map;
import java.util.Optional;
import org.frugaltorch.finetune.lora.LoraAdapters;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.Classifier;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.quant.Quantisation;

/**
 * A classifier that is frozen but for low-rank adapters and the new layers of its head, over dense weights or over
 * weights in four bits.
 *
 * @param <M> the kind of classifier
 * @param model owned by this
 * @param adapters with one adapter, the active one
 * @param training {@link Training#LORA} or {@link Training#QLORA}
 * @param recipe of how it was made
 */
public record LoraClassifier<M extends Classifier>(
        M model, LoraAdapters adapters, Training training, AdaptedModel.Recipe recipe)
        implements AutoCloseable {

    /**
     * Makes a classifier and an adapter on it that changes nothing yet. Weights are quantised one after the other.
     *
     * @throws IllegalArgumentException when the recipe does not fit the model
     */
    public static <M extends Classifier> LoraClassifier<M> make(
            ClassifierSource<M> source, Training training, AdaptedModel.Recipe recipe) {
        M model = source.make(
                training == Training.QLORA ? recipe.quantisation()::apply : LinearTreatment.NONE);
        try {
            LoraAdapters adapters = new LoraAdapters(model.parameters(), recipe.precision());
            adapters.add(AdaptedModel.ADAPTER, recipe.lora());
            return new LoraClassifier<>(model, adapters, training, recipe);
        } catch (RuntimeException failure) {
            model.close();
            throw failure;
        }
    }

    /** The strategy for this model: an adapter's dropout acts in training alone. */
    public ActivationStrategy under(ActivationStrategy strategy) {
        return adapters.under(strategy);
    }

    /** How dense matrices were rounded for it, if they were. */
    Optional<Quantisation> rounding() {
        return training == Training.QLORA ? Optional.of(recipe.quantisation()) : Optional.empty();
    }

    /** What distinguishes runs whose trained weights may look alike. */
    Map<String, String> particulars() {
        return recipe.particulars(training);
    }

    @Override
    public void close() {
        adapters.close();
        model.close();
    }
}
