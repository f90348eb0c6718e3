package org.frugaltorch.finetune.model;

import org.frugaltorch.nn.Linear;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;

/**
 * Multi-head attention of tokens of a sequence to one another. Projecting keys and values is apart from the rest, so
 * that a strategy can decide which of them carry gradients.
 *
 * @param query [A * d, H]
 * @param key [heads * d, H]
 * @param value [heads * d, H]
 * @param output [H, A * d]
 * @param headSize d
 * @param dropout probability on attention weights
 */
public record SelfAttention(Linear query, Linear key, Linear value, Linear output, int headSize, double dropout) {

    /** Keys and values of tokens: [B, T, H] to two times [B, heads, T, d]. */
    public KeyValue keyValue(Tensor input) {
        return new KeyValue(heads(key.forward(input)), heads(value.forward(input)));
    }

    /** Queries of tokens: [B, P, H] to [B, A, P, d]. */
    public Tensor queries(Tensor input) {
        return heads(query.forward(input));
    }

    /**
     * What tokens gather from those they look at.
     *
     * @param input of the asking tokens [B, P, H]
     * @param keyValue of the tokens looked at
     * @param mask from {@link AttentionMask}, or null
     * @return [B, P, H]
     */
    public Tensor forward(Tensor input, KeyValue keyValue, Tensor mask, ForwardMode mode) {
        return output.forward(gather(input, keyValue, mask, mode));
    }

    /** The same before the output projection. [B, P, A * d] */
    public Tensor gather(Tensor input, KeyValue keyValue, Tensor mask, ForwardMode mode) {
        Tensor context = Functional.attention(queries(input), keyValue.key(), keyValue.value(), mask,
                mode.active(dropout), false); // [B, A, P, d]
        long[] shape = context.shape();
        return context.transpose(1, 2).reshape(shape[0], shape[2], shape[1] * shape[3]);
    }

    private Tensor heads(Tensor projected) {
        return projected.view(projected.size(0), projected.size(1), -1, headSize).transpose(1, 2);
    }
}
