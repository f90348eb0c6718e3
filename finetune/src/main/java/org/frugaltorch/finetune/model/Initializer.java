package org.frugaltorch.finetune.model;

import org.frugaltorch.tensor.Tensor;

/** How a new weight begins. */
public sealed interface Initializer {
    /** Fills a tensor in place. */
    void fill(Tensor tensor);

    /** Normally distributed around 0. */
    record Normal(double standardDeviation) implements Initializer {
        @Override
        public void fill(Tensor tensor) {
            tensor.normalInPlace(0, standardDeviation);
        }
    }

    /** One value everywhere. */
    record Constant(double value) implements Initializer {
        @Override
        public void fill(Tensor tensor) {
            tensor.fillInPlace(value);
        }
    }
}
