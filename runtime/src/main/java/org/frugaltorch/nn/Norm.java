package org.frugaltorch.nn;

import java.util.List;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;

/** Normalisation over the last dimension; keeps the shape. */
public sealed interface Norm {
    /** [.., H] to [.., H]. */
    Tensor forward(Tensor input);

    /** What may be trained. */
    List<Tensor> parameters();

    /** Layer normalisation with weight and bias [H]. */
    record Layer(Tensor weight, Tensor bias, double epsilon) implements Norm {
        @Override
        public Tensor forward(Tensor input) {
            return Functional.layerNorm(input, weight, bias, epsilon);
        }

        @Override
        public List<Tensor> parameters() {
            return List.of(weight, bias);
        }
    }

    /** Root-mean-square normalisation with weight [H]; keeps its input for the backward pass. */
    record RootMeanSquare(Tensor weight, double epsilon) implements Norm {
        @Override
        public Tensor forward(Tensor input) {
            // Other devices have a kernel of their own, which keeps no more.
            return input.device().isCpu()
                    ? new RootMeanSquareFunction(weight, epsilon).apply(input)
                    : Functional.rmsNorm(input, weight, epsilon);
        }

        @Override
        public List<Tensor> parameters() {
            return List.of(weight);
        }
    }
}
