package org.frugaltorch.nn;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.autograd.FunctionContext;
import org.frugaltorch.autograd.JavaMultiFunction;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Scaled dot-product attention, in the way that is fast for the type at hand.
 *
 * <p>libtorch's fused kernel of the CPU multiplies matrices of 16-bit numbers without the help of a BLAS library in builds
 * like the published ones, some fifty times slower than those of 32 bits. There it is run in float32, a few sequences at a
 * time, and what is saved for the backward pass stays in 16 bits: query, key, value and output, and one float32 a row.
 */
public final class Attention {
    /** Numbers of a query that are widened at a time: enough to be fast, little beside the activations of a layer. */
    private static final long WIDENED = 1 << 20;

    private Attention() {}

    /**
     * Like {@link Functional#attention}, whose parameters it has.
     *
     * @param query [B, A, Tq, d]
     * @param key [B, A or fewer, Tk, d]
     * @param value [B, A or fewer, Tk, d]
     * @param mask added to the scores, broadcastable to [B, A, Tq, Tk], in the type of the query; or null
     * @return [B, A, Tq, d]
     */
    public static Tensor forward(
            Tensor query, Tensor key, Tensor value, Tensor mask, double dropout, boolean causal) {
        DType type = query.dtype();
        boolean narrow = type == DType.BFLOAT16 || type == DType.FLOAT16;
        return narrow && dropout == 0 && query.device().isCpu()
                ? new Widened(causal).apply(query, key, value, mask)[0]
                : Functional.attention(query, key, value, mask, dropout, causal);
    }

    private static final class Widened extends JavaMultiFunction {
        private final boolean causal;

        Widened(boolean causal) {
            this.causal = causal;
        }

        @Override
        protected Tensor[] forward(FunctionContext context, Tensor... inputs) {
            Tensor output = Tensors.emptyLike(inputs[0]);
            List<Tensor> saved = new ArrayList<>(List.of(inputs[0], inputs[1], inputs[2], output));
            saved.add(inputs[3]);
            for (Part part : Part.of(inputs[0])) {
                try (TensorScope scope = TensorScope.open()) {
                    Tensor query = part.wide(inputs[0]);
                    Tensor[] results = Functional.cpuAttention(query, part.wide(inputs[1], query.size(1)),
                            part.wide(inputs[2], query.size(1)), part.mask(inputs[3]), causal);
                    part.in(output).copyInPlace(results[0]);
                    saved.add(scope.promote(results[1]));
                }
            }
            context.save(saved.toArray(Tensor[]::new));
            return new Tensor[] {output};
        }

        @Override
        protected Tensor[] backward(FunctionContext context, Tensor... gradients) {
            Tensor[] results = new Tensor[4];
            for (int i = 0; i < 3; i++) {
                results[i] = Tensors.emptyLike(context.saved(i));
            }
            int rows = 5;
            for (Part part : Part.of(context.saved(0))) {
                try (TensorScope scope = TensorScope.open()) {
                    Tensor query = part.wide(context.saved(0));
                    long heads = query.size(1);
                    Tensor[] wide = Functional.cpuAttentionBackward(part.wide(gradients[0]), query,
                            part.wide(context.saved(1), heads), part.wide(context.saved(2), heads),
                            part.wide(context.saved(3)), context.saved(rows++), part.mask(context.saved(4)), causal);
                    for (int i = 0; i < 3; i++) {
                        Tensor target = part.in(results[i]);
                        target.copyInPlace(summed(wide[i], target.size(1)));
                    }
                }
            }
            return results;
        }

        /** Gradients of heads that were repeated, added up. */
        private static Tensor summed(Tensor gradient, long heads) {
            long[] shape = gradient.shape();
            return shape[1] == heads
                    ? gradient
                    : gradient.reshape(shape[0], heads, shape[1] / heads, shape[2], shape[3]).sum(2, false);
        }
    }

    /** Some sequences of a batch. */
    private record Part(long start, long length) {
        static List<Part> of(Tensor query) {
            long batch = query.size(0);
            long step = Math.max(1, WIDENED * batch / Math.max(1, query.elementCount()));
            List<Part> parts = new ArrayList<>();
            for (long start = 0; start < batch; start += step) {
                parts.add(new Part(start, Math.min(step, batch - start)));
            }
            return parts;
        }

        Tensor in(Tensor tensor) {
            return tensor.narrow(0, start, length);
        }

        Tensor wide(Tensor tensor) {
            return in(tensor).to(DType.FLOAT32);
        }

        /** With every head repeated until there are {@code heads}. */
        Tensor wide(Tensor tensor, long heads) {
            Tensor wide = wide(tensor); // [b, a, Tk, d]
            long[] shape = wide.shape();
            return shape[1] == heads
                    ? wide
                    : wide.unsqueeze(2).expand(shape[0], shape[1], heads / shape[1], shape[2], shape[3])
                            .reshape(shape[0], heads, shape[2], shape[3]);
        }

        Tensor mask(Tensor mask) {
            return mask == null ? null : mask.size(0) == 1 ? mask.to(DType.FLOAT32) : wide(mask);
        }
    }
}
