package org.frugaltorch.finetune.model;

import org.frugaltorch.tensor.Tensor;

/** Where the weights of a model come from: a checkpoint, or chance. */
public interface ParameterSource {
    /** Whether there is a weight of that name; a source of random weights has every one. */
    boolean has(String name);

    /** A new tensor with the weight of that name, which must have that shape. */
    Tensor get(String name, Initializer initializer, long... shape);
}
