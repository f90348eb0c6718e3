package org.frugaltorch.finetune.method;

import org.frugaltorch.finetune.model.Classifier;
import org.frugaltorch.finetune.model.LinearTreatment;

/**
 * Where a classifier comes from.
 *
 * @param <M> its kind
 */
@FunctionalInterface
public interface ClassifierSource<M extends Classifier> {
    /** Loads or draws it, treating each linear layer of its stack before the next one is made. */
    M make(LinearTreatment treatment);
}
