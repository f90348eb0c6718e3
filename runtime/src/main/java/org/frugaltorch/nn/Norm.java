package org.frugaltorch.nn;

import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;

/** Normalisation over the last dimension; keeps the shape. */
public sealed interface Norm {
    /** [.., H] to [.., H]. */
    Tensor forward(Tensor input);

    /** Layer normalisation with weight and bias [H]. */
    record Layer(Tensor weight, Tensor bias, double epsilon) implements Norm {
        @Override
        public Tensor forward(Tensor input) {
            return Functional.layerNorm(input, weight, bias, epsilon);
        }
    }

    /** Root-mean-square normalisation with weight [H]. */
    record RootMeanSquare(Tensor weight, double epsilon) implements Norm {
        @Override
        public Tensor forward(Tensor input) {
            return Functional.rmsNorm(input, weight, epsilon);
        }
    }
}
