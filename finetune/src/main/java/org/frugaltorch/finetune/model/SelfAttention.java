package org.frugaltorch.finetune.model;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.nn.Attention;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.Norm;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Multi-head attention of tokens of a sequence to one another. Projecting keys and values is apart from the rest, so
 * that a strategy can decide which of them carry gradients.
 *
 * <p>Where several query heads share a head of keys and values, those are never repeated: the fused kernel reads them as
 * they are, and that is what is saved.
 *
 * @param query [A * d, H]
 * @param key [heads * d, H]
 * @param value [heads * d, H]
 * @param output [H, A * d]
 * @param queryNorm over d numbers of each query head, or null
 * @param keyNorm over d numbers of each key head, or null
 * @param headSize d
 * @param dropout probability on attention weights
 */
public record SelfAttention(
        Linear query, Linear key, Linear value, Linear output, Norm queryNorm, Norm keyNorm, int headSize,
        double dropout) {

    /** What may be trained. */
    public List<Tensor> parameters() {
        List<Tensor> parameters = new ArrayList<>();
        for (Linear projection : List.of(query, key, value, output)) {
            parameters.addAll(projection.parameters());
        }
        for (Norm norm : new Norm[] {queryNorm, keyNorm}) {
            if (norm != null) {
                parameters.addAll(norm.parameters());
            }
        }
        return parameters;
    }

    /**
     * Keys and values of tokens: [B, T, H] to two times [B, heads, T, d].
     *
     * @param view of the same tokens
     */
    public KeyValue keyValue(Tensor input, AttentionView view) {
        return new KeyValue(compared(key, keyNorm, input, view), heads(value.forward(input)).transpose(1, 2));
    }

    /** Queries of tokens: [B, P, H] to [B, A, P, d]. */
    public Tensor queries(Tensor input, AttentionView view) {
        return compared(query, queryNorm, input, view);
    }

    /**
     * What tokens gather from those they look at.
     *
     * @param input of the asking tokens [B, P, H]
     * @param keyValue of the tokens looked at
     * @param view of the asking tokens
     * @return [B, P, H]
     */
    public Tensor forward(Tensor input, KeyValue keyValue, AttentionView view, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open()) {
            return scope.promote(output.forward(gather(input, keyValue, view, mode)));
        }
    }

    /** The same before the output projection. [B, P, A * d] */
    public Tensor gather(Tensor input, KeyValue keyValue, AttentionView view, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor context = Attention.forward(queries(input, view), keyValue.key(), keyValue.value(), view.mask(),
                    mode.active(dropout), view.inOrder()); // [B, A, P, d]
            long[] shape = context.shape();
            return scope.promote(context.transpose(1, 2).reshape(shape[0], shape[2], shape[1] * shape[3]));
        }
    }

    private Tensor compared(Linear projection, Norm norm, Tensor input, AttentionView view) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor heads = heads(projection.forward(input)); // [B, T, heads, d]
            return scope.promote(view.placed(norm == null ? heads : norm.forward(heads)).transpose(1, 2));
        }
    }

    private Tensor heads(Tensor projected) {
        return projected.view(projected.size(0), projected.size(1), -1, headSize);
    }
}
