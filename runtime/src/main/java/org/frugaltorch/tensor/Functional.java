package org.frugaltorch.tensor;

/** Operators of neural networks, without state. Shapes: B batch, T tokens, H hidden size, A heads, d = H / A. */
public final class Functional {
    private static final NativeText EXACT = NativeText.of("none");
    private static final NativeText TANH = NativeText.of("tanh");

    /** How a loss over many targets becomes one number; codes are libtorch's {@code Reduction}. */
    public enum LossReduction {
        /** One loss a target. */
        NONE,
        /** Mean over targets that count. */
        MEAN,
        /** Sum over targets that count. */
        SUM
    }

    private Functional() {}

    /**
     * {@code input * weight^T + bias}.
     *
     * @param input [.., in]
     * @param weight [out, in]
     * @param bias [out], or null
     * @return [.., out]
     */
    public static Tensor linear(Tensor input, Tensor weight, Tensor bias) {
        return Operators.LINEAR.call().tensor(input).tensor(weight).optionalTensor(bias).tensorResult();
    }

    /**
     * Rows of {@code table} by index.
     *
     * @param table [V, H]
     * @param indices int64 of any shape
     * @return [indices.., H]
     */
    public static Tensor embedding(Tensor table, Tensor indices) {
        return Operators.EMBEDDING.call().tensor(table).tensor(indices).integer(-1).flag(false).flag(false).tensorResult();
    }

    /** Layer normalisation over the last dimension; weight and bias [H] may be null. */
    public static Tensor layerNorm(Tensor input, Tensor weight, Tensor bias, double epsilon) {
        long length = input.size(-1);
        return Operators.LAYER_NORM.call().tensor(input).integers(length).optionalTensor(weight).optionalTensor(bias)
                .number(epsilon).flag(true).tensorResult();
    }

    /** Root-mean-square normalisation over the last dimension; weight [H] may be null. */
    public static Tensor rmsNorm(Tensor input, Tensor weight, double epsilon) {
        long length = input.size(-1);
        return Operators.RMS_NORM.call().tensor(input).integers(length).optionalTensor(weight).optionalNumber(epsilon)
                .tensorResult();
    }

    /** Gaussian error linear unit, with the exact error function. */
    public static Tensor gelu(Tensor input) {
        return Operators.GELU.call().tensor(input).string(EXACT).tensorResult();
    }

    /** Gaussian error linear unit by its tanh approximation. */
    public static Tensor geluTanh(Tensor input) {
        return Operators.GELU.call().tensor(input).string(TANH).tensorResult();
    }

    /** {@code x * sigmoid(x)}. */
    public static Tensor silu(Tensor input) {
        return Operators.SILU.call().tensor(input).tensorResult();
    }

    /** {@code max(x, 0)}. */
    public static Tensor relu(Tensor input) {
        return Operators.RELU.call().tensor(input).tensorResult();
    }

    /** Sets elements to zero with that probability and scales the others up; the input itself at probability 0. */
    public static Tensor dropout(Tensor input, double probability) {
        if (probability == 0) {
            return input;
        }
        RepeatableDraws.check(input);
        // The native form saves its mask as bytes; the plain one would save it in the type of the input.
        Tensor[] results = Operators.NATIVE_DROPOUT.call().tensor(input).number(probability).optionalFlag(true)
                .tensorResults(2);
        results[1].close();
        return results[0];
    }

    /** Softmax over one dimension. */
    public static Tensor softmax(Tensor input, int dimension) {
        return Operators.SOFTMAX.call().tensor(input).integer(dimension).none().tensorResult();
    }

    /** Logarithm of the softmax over one dimension. */
    public static Tensor logSoftmax(Tensor input, int dimension) {
        return Operators.LOG_SOFTMAX.call().tensor(input).integer(dimension).none().tensorResult();
    }

    /** The same in the memory of its input, which it returns; not recorded. */
    public static Tensor logSoftmaxInPlace(Tensor input, int dimension) {
        // The kernels have read a number for the last time when they write its logarithm.
        Operators.LOG_SOFTMAX_INTO.call().tensor(input).integer(dimension).flag(false).tensor(input).inPlaceResult();
        return input;
    }

    /**
     * Scaled dot-product attention. With dropout 0 the fused kernel runs, which saves its output and one number a row
     * instead of the probabilities.
     *
     * @param query [B, A, Tq, d]
     * @param key [B, A or fewer, Tk, d]
     * @param value [B, A or fewer, Tk, d]
     * @param mask added to the scores, broadcastable to [B, A, Tq, Tk], in the type of the query; or null
     * @param dropout probability with which attention weights are dropped
     * @param causal whether a query sees only keys up to its own index; excludes a mask
     * @return [B, A, Tq, d]
     */
    public static Tensor attention(
            Tensor query, Tensor key, Tensor value, Tensor mask, double dropout, boolean causal) {
        if (dropout > 0) {
            RepeatableDraws.check(query);
        }
        boolean grouped = query.size(1) != key.size(1);
        return Operators.ATTENTION.call().tensor(query).tensor(key).tensor(value).optionalTensor(mask).number(dropout)
                .flag(causal).none().flag(grouped).tensorResult();
    }

    /**
     * The CPU's fused attention by itself, for those who differentiate it with {@link #cpuAttentionBackward}. All in one
     * type; as many heads of keys as of queries.
     *
     * @param mask added to the scores, or null
     * @return the output [B, A, Tq, d], and what its backward pass needs besides, a number a row
     */
    public static Tensor[] cpuAttention(Tensor query, Tensor key, Tensor value, Tensor mask, boolean causal) {
        return Operators.CPU_ATTENTION.call().tensor(query).tensor(key).tensor(value).number(0).flag(causal)
                .optionalTensor(mask).none().tensorResults(2);
    }

    /**
     * The gradients by query, key and value of {@link #cpuAttention}.
     *
     * @param gradient of the loss by the output
     * @param output its first result
     * @param rows its second result
     */
    public static Tensor[] cpuAttentionBackward(Tensor gradient, Tensor query, Tensor key, Tensor value, Tensor output,
            Tensor rows, Tensor mask, boolean causal) {
        return Operators.CPU_ATTENTION_BACKWARD.call().tensor(gradient).tensor(query).tensor(key).tensor(value)
                .tensor(output).tensor(rows).number(0).flag(causal).optionalTensor(mask).none().tensorResults(3);
    }

    /**
     * Cross-entropy of logits with target classes.
     *
     * @param logits [N, C]
     * @param targets int64 [N]
     * @param ignoreIndex targets of this value do not count
     */
    public static Tensor crossEntropy(
            Tensor logits, Tensor targets, LossReduction reduction, long ignoreIndex, double labelSmoothing) {
        return Operators.CROSS_ENTROPY.call().tensor(logits).tensor(targets).none().integer(reduction.ordinal())
                .integer(ignoreIndex).number(labelSmoothing).tensorResult();
    }

    /** Mean of squared differences. */
    public static Tensor meanSquaredError(Tensor input, Tensor target) {
        return Operators.MSE.call().tensor(input).tensor(target).integer(LossReduction.MEAN.ordinal()).tensorResult();
    }
}
