package org.frugaltorch.finetune.method;

import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.model.SequenceClassifier;

/** Where a classifier comes from. */
@FunctionalInterface
public interface ClassifierSource {
    /** Loads or draws it, treating each linear layer of its stack before the next one is made. */
    SequenceClassifier make(LinearTreatment treatment);
}
