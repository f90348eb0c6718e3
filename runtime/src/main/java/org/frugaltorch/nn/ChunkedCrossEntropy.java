package org.frugaltorch.nn;

import org.frugaltorch.autograd.FunctionContext;
import org.frugaltorch.autograd.JavaMultiFunction;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * The last linear layer of a language model and its cross-entropy as one function that never has the logits of more than
 * a few rows: [N, V] would often be more memory than all activations of the model. The gradients by hidden states and
 * weights are computed along with the loss, chunk by chunk, so nothing is computed twice; the backward pass only scales
 * them. Without recording, only the loss is computed.
 *
 * <p>At most {@code 2 rows V} numbers live at once besides the gradients themselves, in float32 unless the hidden states
 * are float64. A gradient by a weight in bfloat16 is summed over the chunks in bfloat16.
 *
 * @param ignoreIndex targets of this value do not count
 * @param rows of hidden states a chunk; {@link #AUTOMATIC} for as many as make the logits about as large as the hidden
 *     states
 */
public record ChunkedCrossEntropy(long ignoreIndex, int rows) {
    /** A number of rows that follows from the shapes. */
    public static final int AUTOMATIC = 0;

    /** Fewer rows would leave matrix products too small to be fast. */
    private static final long FEWEST_ROWS = 128;

    public ChunkedCrossEntropy {
        if (rows < 0) {
            throw new IllegalArgumentException("The rows of a chunk must be at least 1, or 0 for automatic, not " + rows);
        }
    }

    /** With chunks of automatic size. */
    public ChunkedCrossEntropy(long ignoreIndex) {
        this(ignoreIndex, AUTOMATIC);
    }

    /**
     * The mean cross-entropy over the targets that count; 0 when there are none.
     *
     * @param hidden [N, H]
     * @param weight [V, H]
     * @param bias [V], or null
     * @param targets int64 [N], from 0 to V - 1 or the ignored index
     * @throws IllegalArgumentException for a target outside the vocabulary
     * @return a number in float32, or float64 if the hidden states are
     */
    public Tensor loss(Tensor hidden, Tensor weight, Tensor bias, Tensor targets) {
        return new Function().apply(hidden, weight, bias, targets)[0];
    }

    private long chunkRows(long hiddenRows, long hiddenSize, long vocabulary) {
        long wanted = rows == AUTOMATIC ? Math.max(FEWEST_ROWS, hiddenRows * hiddenSize / vocabulary) : rows;
        return Math.min(wanted, hiddenRows);
    }

    private final class Function extends JavaMultiFunction {
        @Override
        protected Tensor[] forward(FunctionContext context, Tensor... inputs) {
            Chunks chunks = new Chunks(context, inputs);
            long all = inputs[0].size(0);
            long step = Math.max(1, chunkRows(all, inputs[0].size(1), inputs[1].size(0)));
            for (long start = 0; start < all; start += step) {
                try (TensorScope scope = TensorScope.open()) {
                    chunks.add(start, Math.min(step, all - start));
                }
            }
            context.save(chunks.hiddenGradient, chunks.weightGradient, chunks.biasGradient);
            return new Tensor[] {chunks.loss};
        }

        @Override
        protected Tensor[] backward(FunctionContext context, Tensor... gradients) {
            Tensor[] results = new Tensor[4];
            for (int i = 0; i < context.savedCount(); i++) {
                if (context.saved(i) != null) {
                    results[i] = context.take(i).mulInPlace(gradients[0]);
                }
            }
            return results;
        }
    }

    /** Sums over chunks. */
    private final class Chunks {
        private final Tensor hidden;
        private final Tensor weight;
        private final Tensor bias;
        /** Type of probabilities and sums. */
        private final DType wide;
        private final Tensor classes;
        private final Tensor rowWeights;
        private final Tensor loss;
        private final Tensor hiddenGradient;
        private final Tensor weightGradient;
        private final Tensor biasGradient;

        Chunks(FunctionContext context, Tensor... inputs) {
            hidden = inputs[0].detach();
            weight = inputs[1];
            bias = inputs[2];
            wide = hidden.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
            Tensor counted = inputs[3].ne(Tensors.full(ignoreIndex, DType.INT64, hidden.device()));
            Tensor count = counted.to(wide).sum();
            classes = inputs[3].mul(counted.to(DType.INT64)).unsqueeze(1); // [N, 1]
            check(classes, weight.size(0));
            rowWeights = counted.to(wide).div(count.maximum(Tensors.full(1, wide, hidden.device()))).unsqueeze(1);
            loss = Tensors.zeros(wide, hidden.device());
            hiddenGradient = context.needsGradient(0) ? Tensors.emptyLike(hidden) : null;
            weightGradient = context.needsGradient(1) ? Tensors.zerosLike(weight) : null;
            biasGradient = context.needsGradient(2) ? Tensors.zeros(wide, hidden.device(), bias.size(0)) : null;
        }

        private static void check(Tensor classes, long vocabulary) {
            if (classes.elementCount() == 0) {
                return;
            }
            long lowest = classes.amin().itemLong();
            long highest = classes.amax().itemLong();
            if (lowest < 0 || highest >= vocabulary) {
                throw new IllegalArgumentException("The target " + (lowest < 0 ? lowest : highest) + " is outside 0 to "
                        + (vocabulary - 1) + ", the vocabulary, and is not the index that is ignored");
            }
        }

        void add(long start, long length) {
            Tensor part = hidden.narrow(0, start, length); // [C, H]
            Tensor partClasses = classes.narrow(0, start, length);
            Tensor partWeights = rowWeights.narrow(0, start, length);
            Tensor logProbabilities = logProbabilities(part); // [C, V]
            Tensor chosen = logProbabilities.gather(1, partClasses);
            loss.copyInPlace(loss.sub(chosen.mul(partWeights).sum()));
            if (hiddenGradient == null && weightGradient == null && biasGradient == null) {
                return;
            }
            // The gradient by the logits of a row is its probabilities, less one at the target, by the row's weight.
            Tensor byLogits = logProbabilities.expInPlace().mulInPlace(partWeights)
                    .scatterAddInPlace(1, partClasses, partWeights.neg());
            if (biasGradient != null) {
                biasGradient.copyInPlace(biasGradient.add(byLogits.sum(0, false)));
            }
            Tensor typed = byLogits.to(weight.dtype());
            if (hiddenGradient != null) {
                hiddenGradient.narrow(0, start, length).copyInPlace(typed.matmul(weight));
            }
            if (weightGradient != null) {
                weightGradient.addProductInPlace(typed.transpose(0, 1), part);
            }
        }

        private Tensor logProbabilities(Tensor part) {
            try (TensorScope scope = TensorScope.open()) {
                Tensor logits = Functional.linear(part, weight, bias).to(wide);
                return scope.promote(Functional.logSoftmax(logits, 1));
            }
        }
    }
}
