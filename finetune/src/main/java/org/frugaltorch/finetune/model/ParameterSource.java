package org.frugaltorch.finetune.model;

import org.frugaltorch.tensor.Tensor;

/** Where the weights of a model come from: a checkpoint, or chance. */
public interface ParameterSource {
    /** Whether there is a weight of that name; a source of random weights has every one. */
    boolean has(String name);

    /**
     * A tensor with the weight of that name, which must have that shape.
     *
     * @param trained whether it will be changed; one that will not may lie in the file it comes from
     */
    Tensor get(String name, Initializer initializer, boolean trained, long... shape);
}
