package org.frugaltorch.nn;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.tensor.Tensor;

/** A linear layer: {@code y = x W^T + b}, with a {@link LinearWeight} that can be exchanged for another. */
public final class Linear {
    private final Tensor bias;
    private LinearWeight weight;

    /** @param bias [out], or null */
    public Linear(LinearWeight weight, Tensor bias) {
        this.weight = weight;
        this.bias = bias;
    }

    /** @param matrix [out, in] @param bias [out], or null */
    public Linear(Tensor matrix, Tensor bias) {
        this(new LinearWeight.Dense(matrix), bias);
    }

    /** [.., in] to [.., out]. */
    public Tensor forward(Tensor input) {
        return weight.apply(input, bias);
    }

    /** The gradient by a constant input; see {@link LinearWeight#backward}. */
    public Tensor backward(Tensor input, Tensor gradient) {
        return weight.backward(input, bias, gradient);
    }

    /** What may be trained: the tensors of the weight, and the bias if there is one. */
    public List<Tensor> parameters() {
        List<Tensor> parameters = new ArrayList<>(weight.parameters());
        if (bias != null) {
            parameters.add(bias);
        }
        return parameters;
    }

    /** How the matrix is kept. */
    public LinearWeight weight() {
        return weight;
    }

    /** Exchanges how the matrix is kept, for example for the same matrix with an adapter on top. */
    public void setWeight(LinearWeight replacement) {
        weight = replacement;
    }
}
