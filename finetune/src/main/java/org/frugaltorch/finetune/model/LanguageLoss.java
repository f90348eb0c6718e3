package org.frugaltorch.finetune.model;

import java.util.Arrays;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.LinearCrossEntropy;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** How a language model's head and loss are computed; the values are the same up to rounding. */
public enum LanguageLoss {
    /** All scores at once, [N, V] numbers in float32; a head that is not plain takes them several times. */
    PLAIN(LinearCrossEntropy.ALL) {
        @Override
        Tensor ofOtherHead(Linear head, Tensor bias, Tensor states, long... labels) {
            Tensor scores = head.forward(states); // [N, V]
            Tensor biased = bias == null ? scores : scores.add(bias);
            Tensor logits = biased.dtype().byteSize() < Float.BYTES ? biased.to(DType.FLOAT32) : biased;
            return Arrays.stream(labels).allMatch(label -> label == LanguageBatch.IGNORED)
                    ? logits.mul(0).sum() // the mean of nothing is no number
                    : Functional.crossEntropy(logits, Tensors.of(labels).to(logits.device()),
                            LossReduction.MEAN, LanguageBatch.IGNORED, 0);
        }
    },
    /** The scores of a few rows at a time. */
    CHUNKED(LinearCrossEntropy.AUTOMATIC) {
        @Override
        Tensor ofOtherHead(Linear head, Tensor bias, Tensor states, long... labels) {
            throw new IllegalArgumentException("The chunked loss needs a plain output head: leave lm_head out of the"
                    + " target modules, or compute the loss in one piece");
        }
    };

    private final int rows;

    LanguageLoss(int rows) {
        this.rows = rows;
    }

    /**
     * The mean over all rows that have a label, in float32 or wider; zero where there is none.
     *
     * @param head of the model, without bias [V, H]
     * @param bias of the scores, a constant [1, V], or null
     * @param states final states of the tokens that predict [N, H]
     * @param labels what they have to predict, or {@link LanguageBatch#IGNORED} [N]
     */
    Tensor mean(Linear head, Tensor bias, Tensor states, long... labels) {
        try (TensorScope scope = TensorScope.open()) {
            return scope.promote(head.weight() instanceof LinearWeight.Dense dense
                    ? new LinearCrossEntropy(LanguageBatch.IGNORED, rows).loss(states, dense.matrix(), bias, labels)
                    : ofOtherHead(head, bias, states, labels));
        }
    }

    /** Of a head that has adapters, say. */
    abstract Tensor ofOtherHead(Linear head, Tensor bias, Tensor states, long... labels);
}
