package org.frugaltorch.finetune.model;

import org.frugaltorch.nn.ChunkedCrossEntropy;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** How a language model's head and loss are computed; the values are the same up to rounding. */
public enum LanguageLoss {
    /** All scores at once: several times [N, V] numbers in float32. */
    PLAIN {
        @Override
        Tensor mean(Linear head, Tensor states, long... labels) {
            try (TensorScope scope = TensorScope.open()) {
                Tensor scores = head.forward(states); // [N, V]
                Tensor logits = scores.dtype().byteSize() < Float.BYTES ? scores.to(DType.FLOAT32) : scores;
                return scope.promote(labels.length == 0
                        ? logits.sum()
                        : Functional.crossEntropy(
                                logits, Tensors.of(labels).to(logits.device()), LossReduction.MEAN, LanguageBatch.IGNORED, 0));
            }
        }
    },
    /** The scores of a few rows at a time; see {@link ChunkedCrossEntropy}. */
    CHUNKED {
        @Override
        Tensor mean(Linear head, Tensor states, long... labels) {
            if (!(head.weight() instanceof LinearWeight.Dense dense)) {
                throw new IllegalArgumentException("The chunked loss needs a plain output head: leave lm_head out of the"
                        + " target modules, or compute the loss in one piece");
            }
            try (TensorScope scope = TensorScope.open()) {
                return scope.promote(new ChunkedCrossEntropy(LanguageBatch.IGNORED)
                        .loss(states, dense.matrix(), null, Tensors.of(labels).to(states.device())));
            }
        }
    };

    /**
     * The mean over all rows, in float32 or wider; zero where there is none.
     *
     * @param head of the model, without bias [V, H]
     * @param states final states of the tokens that predict [N, H]
     * @param labels what they have to predict [N]
     */
    abstract Tensor mean(Linear head, Tensor states, long... labels);
}
