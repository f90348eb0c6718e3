package org.frugaltorch.finetune.model;

import java.util.Optional;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.nn.Parameters;
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

    /**
     * The matrix of a linear layer where it comes in another form than plain numbers; empty where {@link #get} has it.
     *
     * @param layer its full name
     * @param owner receives the tensors that the matrix consists of
     * @param out rows of the matrix
     * @param in columns of the matrix
     */
    default Optional<LinearWeight> packed(String layer, Parameters owner, long out, long in) {
        return Optional.empty();
    }
}
