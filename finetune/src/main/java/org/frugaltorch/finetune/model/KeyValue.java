package org.frugaltorch.finetune.model;

import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;

/**
 * Keys and values of some tokens.
 *
 * @param key [B, heads, K, d]
 * @param value [B, heads, K, d]
 */
public record KeyValue(Tensor key, Tensor value) {
    /** Those of {@code first}, then those of {@code second}; the parts are released. */
    public static KeyValue joined(KeyValue first, KeyValue second) {
        KeyValue joined = new KeyValue(
                Tensors.cat(2, first.key, second.key), Tensors.cat(2, first.value, second.value));
        first.close();
        second.close();
        return joined;
    }

    /** The same numbers, constant to the backward pass. */
    public KeyValue detached() {
        return new KeyValue(key.detach(), value.detach());
    }

    /** Releases both. */
    public void close() {
        key.close();
        value.close();
    }
}
