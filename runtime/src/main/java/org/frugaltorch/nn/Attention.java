package org.frugaltorch.nn;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.autograd.FunctionContext;
import org.frugaltorch.autograd.JavaMultiFunction;
import org.frugaltorch.bindings.BlasThreads;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Scaled dot-product attention, in the way that is fast for the device and the type at hand.
 *
 * <p>On the CPU without dropout, libtorch's fused kernel is called and differentiated from here, for two reasons. It has
 * threads of its own that multiply small matrices, and the BLAS library must not spread each of these over threads again
 * ({@link BlasThreads}). And it multiplies 16-bit numbers without any help of that library, so they are widened to float32,
 * a few sequences at a time. What is saved is what libtorch saves: query, key, value, output, and one float32 a row.
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
        boolean learntMask = mask != null && mask.requiresGrad();
        boolean fused = dropout == 0 && !learntMask && query.device().isCpu()
                && query.elementCount() > 0 && key.elementCount() > 0;
        if (fused) {
            return new OnCpu(causal).apply(query, key, value, mask)[0];
        }
        if (query.device().isCpu() || key.size(1) == query.size(1) || mask == null && query.dtype() != DType.FLOAT32) {
            return Functional.attention(query, key, value, mask, dropout, causal);
        }
        // On CUDA the kernel for masks and for float32 wants as many heads everywhere, or all probabilities are kept.
        try (TensorScope scope = TensorScope.open()) {
            return scope.promote(Functional.attention(query, repeated(key, query.size(1)),
                    repeated(value, query.size(1)), mask, dropout, causal));
        }
    }

    /** Each head as often as queries share it. [B, A, T, d] */
    static Tensor repeated(Tensor heads, long queryHeads) {
        try (TensorScope scope = TensorScope.open()) {
            long times = queryHeads / heads.size(1);
            Tensor repeated = heads.unsqueeze(2)
                    .expand(heads.size(0), heads.size(1), times, heads.size(2), heads.size(3))
                    .reshape(heads.size(0), queryHeads, heads.size(2), heads.size(3));
            return scope.promote(repeated);
        }
    }

    private static final class OnCpu extends JavaMultiFunction {
        private static final int ROWS = 5;

        private final boolean causal;

        OnCpu(boolean causal) {
            this.causal = causal;
        }

        @Override
        protected Tensor[] forward(FunctionContext context, Tensor... inputs) {
            Tensor query = inputs[0];
            Tensor output = null;
            List<Tensor> rows = new ArrayList<>();
            for (Part part : Part.all(query)) {
                try (TensorScope scope = TensorScope.open();
                        BlasThreads one = BlasThreads.single()) {
                    Tensor[] results = Functional.cpuAttention(part.of(query), part.of(inputs[1]), part.of(inputs[2]),
                            part.ofMask(inputs[3]), causal);
                    rows.add(scope.promote(results[1]));
                    if (part.isAll()) {
                        output = scope.promote(results[0]);
                    } else {
                        output = output == null ? scope.promote(Tensors.emptyLike(query)) : output;
                        part.in(output).copyInPlace(results[0]);
                    }
                }
            }
            context.save(query, inputs[1], inputs[2], inputs[3], output);
            context.save(rows.toArray(Tensor[]::new));
            return new Tensor[] {output};
        }

        @Override
        protected Tensor[] backward(FunctionContext context, Tensor... gradients) {
            Tensor[] results = new Tensor[4];
            int rows = ROWS;
            for (Part part : Part.all(context.saved(0))) {
                try (TensorScope scope = TensorScope.open();
                        BlasThreads one = BlasThreads.single()) {
                    Tensor[] parts = Functional.cpuAttentionBackward(part.of(gradients[0]), part.of(context.saved(0)),
                            part.of(context.saved(1)), part.of(context.saved(2)), part.of(context.saved(4)),
                            context.saved(rows++), part.ofMask(context.saved(3)), causal);
                    for (int i = 0; i < parts.length; i++) {
                        if (part.isAll()) {
                            results[i] = scope.promote(parts[i]);
                        } else {
                            results[i] = results[i] == null
                                    ? scope.promote(Tensors.emptyLike(context.saved(i)))
                                    : results[i];
                            part.in(results[i]).copyInPlace(parts[i]);
                        }
                    }
                }
            }
            return results;
        }
    }

    /**
     * Some sequences of a batch, in the type to compute in.
     *
     * @param widen whether numbers are turned into float32
     */
    private record Part(long start, long length, boolean widen) {
        static List<Part> all(Tensor query) {
            DType type = query.dtype();
            long batch = query.size(0);
            if (type == DType.FLOAT32 || type == DType.FLOAT64) {
                return List.of(new Part(0, batch, false));
            }
            long step = Math.max(1, WIDENED * batch / query.elementCount());
            List<Part> parts = new ArrayList<>();
            for (long start = 0; start < batch; start += step) {
                parts.add(new Part(start, Math.min(step, batch - start), true));
            }
            return parts;
        }

        /** Then nothing is cut and nothing put together. */
        boolean isAll() {
            return !widen;
        }

        Tensor in(Tensor tensor) {
            return tensor.narrow(0, start, length);
        }

        Tensor of(Tensor tensor) {
            return widen ? in(tensor).to(DType.FLOAT32) : tensor;
        }

        Tensor ofMask(Tensor mask) {
            boolean bySequence = mask != null && mask.rank() == 4 && mask.size(0) > 1;
            return mask == null || !widen ? mask : bySequence ? of(mask) : mask.to(DType.FLOAT32);
        }
    }
}
