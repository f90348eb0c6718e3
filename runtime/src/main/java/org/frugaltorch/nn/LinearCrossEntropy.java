package org.frugaltorch.nn;

import java.util.Arrays;
import org.frugaltorch.autograd.FunctionContext;
import org.frugaltorch.autograd.JavaMultiFunction;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * The last linear layer of a language model and its cross-entropy as one function. The logits, [N, V], are often more memory
 * than all activations of the model, and libtorch's operators write them four times; here there is one buffer, which the
 * logits, their probabilities and their gradients take in turn, and it may be of a few rows only. The gradients by hidden
 * states and weights are computed along with the loss, chunk by chunk, so nothing is computed twice; the backward pass only
 * scales them. Without recording, only the loss is computed.
 *
 * <p>{@code rows V} numbers live at once besides the gradients themselves, in float32 unless the hidden states are float64;
 * those of smaller types take a second buffer of that type. A gradient by a weight in bfloat16 is summed over the chunks in
 * bfloat16.
 *
 * @param ignoreIndex targets of this value do not count
 * @param rows of hidden states a chunk; {@link #AUTOMATIC} for as many as make the logits about as large as the hidden
 *     states, {@link #ALL} for one chunk
 */
public record LinearCrossEntropy(long ignoreIndex, int rows) {
    /** A number of rows that follows from the shapes. */
    public static final int AUTOMATIC = 0;
    /** One chunk. */
    public static final int ALL = Integer.MAX_VALUE;

    /** Fewer rows would leave matrix products too small to be fast. */
    private static final long FEWEST_ROWS = 128;

    public LinearCrossEntropy {
        if (rows < 0) {
            throw new IllegalArgumentException("The rows of a chunk must be at least 1, or 0 for automatic, not " + rows);
        }
    }

    /**
     * The mean cross-entropy over the targets that count; 0 when there are none.
     *
     * @param hidden [N, H]
     * @param weight [V, H]
     * @param bias [V], or null; a constant one may be [1, V]
     * @param targets from 0 to V - 1 or the ignored index [N]; numbers of Java, since reading them back from a device
     *     would wait for that
     * @throws IllegalArgumentException for a target outside the vocabulary
     * @return a number in float32, or float64 if the hidden states are
     */
    public Tensor loss(Tensor hidden, Tensor weight, Tensor bias, long... targets) {
        check(targets, weight.size(0));
        return new Function(targets).apply(hidden, weight, bias)[0];
    }

    private void check(long[] targets, long vocabulary) {
        for (long target : targets) {
            if (target != ignoreIndex && (target < 0 || target >= vocabulary)) {
                throw new IllegalArgumentException("The target " + target + " is outside 0 to " + (vocabulary - 1)
                        + ", the vocabulary, and is not the index that is ignored");
            }
        }
    }

    private long chunkRows(long hiddenRows, long hiddenSize, long vocabulary) {
        long wanted = rows == AUTOMATIC ? Math.max(FEWEST_ROWS, hiddenRows * hiddenSize / vocabulary) : rows;
        return Math.min(wanted, hiddenRows);
    }

    private final class Function extends JavaMultiFunction {
        private final long[] targets;

        Function(long... targets) {
            this.targets = targets;
        }

        @Override
        protected Tensor[] forward(FunctionContext context, Tensor... inputs) {
            long all = inputs[0].size(0);
            long step = Math.max(1, chunkRows(all, inputs[0].size(1), inputs[1].size(0)));
            Chunks chunks = new Chunks(context, targets, step, inputs);
            long start = 0;
            do { // once at least: gradients are zeros where there are no rows
                try (TensorScope scope = TensorScope.open()) {
                    chunks.add(start, Math.min(step, all - start));
                }
                start += step;
            } while (start < all);
            context.save(chunks.hiddenGradient, chunks.weightGradient, chunks.biasGradient);
            return new Tensor[] {chunks.loss};
        }

        @Override
        protected Tensor[] backward(FunctionContext context, Tensor... gradients) {
            Tensor[] results = new Tensor[3];
            // Whether there is anything to scale by costs other devices more to know than to do.
            boolean isOne = gradients[0].device().isCpu() && gradients[0].item() == 1;
            for (int i = 0; i < context.savedCount(); i++) {
                if (context.saved(i) != null) {
                    Tensor gradient = context.take(i);
                    results[i] = isOne ? gradient : gradient.mulInPlace(gradients[0]);
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
        private final Tensor classes;
        private final Tensor rowWeights;
        private final Tensor loss;
        private final Tensor hiddenGradient;
        private final Tensor weightGradient;
        private final Tensor biasGradient;
        /** Logits as the layer computes them, and in the type of probabilities and sums; often the same. */
        private final Tensor scores;
        private final Tensor wideScores;

        /** @param mostRows of a chunk */
        Chunks(FunctionContext context, long[] targets, long mostRows, Tensor... inputs) {
            hidden = inputs[0].detach();
            weight = inputs[1].detach();
            bias = inputs[2];
            DType wide = hidden.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
            long counted = Math.max(1, Arrays.stream(targets).filter(target -> target != ignoreIndex).count());
            classes = Tensors.of(Arrays.stream(targets).map(target -> target == ignoreIndex ? 0 : target).toArray(),
                    targets.length, 1).to(hidden.device()); // [N, 1]
            rowWeights = Tensors.of(Arrays.stream(targets).mapToDouble(target -> target == ignoreIndex ? 0 : 1.0 / counted)
                    .toArray(), targets.length, 1).to(wide).to(hidden.device()); // [N, 1]
            loss = Tensors.zeros(wide, hidden.device());
            hiddenGradient = context.needsGradient(0) ? like(hidden) : null;
            weightGradient = context.needsGradient(1) ? like(weight) : null;
            biasGradient = context.needsGradient(2) ? Tensors.zeros(wide, hidden.device(), bias.size(0)) : null;
            scores = Tensors.empty(weight.dtype(), hidden.device(), mostRows, weight.size(0));
            wideScores = weight.dtype() == wide ? scores : Tensors.empty(wide, hidden.device(), scores.shape());
        }

        private static Tensor like(Tensor other) {
            return Tensors.empty(other.dtype(), other.device(), other.shape());
        }

        void add(long start, long length) {
            Tensor part = hidden.narrow(0, start, length); // [C, H]
            Tensor partClasses = classes.narrow(0, start, length);
            Tensor partWeights = rowWeights.narrow(0, start, length);
            Tensor logProbabilities = Functional.logSoftmaxInPlace(logits(part), 1); // [C, V]
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
            Tensor typed = scores == wideScores ? byLogits : scores.narrow(0, 0, length).copyInPlace(byLogits);
            if (hiddenGradient != null) {
                hiddenGradient.narrow(0, start, length).productInPlace(typed, weight);
            }
            if (weightGradient != null && start == 0) {
                weightGradient.productInPlace(typed.transpose(0, 1), part);
            } else if (weightGradient != null) {
                weightGradient.addProductInPlace(typed.transpose(0, 1), part);
            }
        }

        /** In the wide type. */
        private Tensor logits(Tensor part) {
            Tensor typed = scores.narrow(0, 0, part.size(0));
            if (bias == null) {
                typed.productInPlace(part, weight.transpose(0, 1));
            } else {
                typed.copyInPlace(bias).addProductInPlace(part, weight.transpose(0, 1));
            }
            return scores == wideScores ? typed : wideScores.narrow(0, 0, part.size(0)).copyInPlace(typed);
        }
    }
}
