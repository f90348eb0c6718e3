package org.frugaltorch.finetune.model;

import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.Parameters;

/**
 * Changes how a linear layer is kept as soon as it is made, before the next one is: a model that is quantised this way
 * never exists as a whole in its original type.
 */
@FunctionalInterface
public interface LinearTreatment {
    /** Leaves layers as they are made. */
    LinearTreatment NONE = (model, layer, linear) -> {};

    /**
     * Treats one layer.
     *
     * @param model the parameters made so far, this layer's included
     * @param layer its full name
     * @param linear the layer
     */
    void treat(Parameters model, String layer, Linear linear);
}
