package org.frugaltorch.finetune.generation;

import org.frugaltorch.finetune.model.KeyValue;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Keys and values of all blocks for the tokens seen so far. Room for the longest text is set aside once, so nothing is
 * ever moved; a system that gives out memory on first use backs only what is filled.
 */
final class KeyValueCache implements AutoCloseable {
    private final TensorScope scope = TensorScope.detached();
    private final KeyValue[] layers;

    /** Room for {@code capacity} tokens in every block, in the form of {@code like}. */
    KeyValueCache(int layerCount, KeyValue like, long capacity) {
        this.layers = new KeyValue[layerCount];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new KeyValue(room(like.key(), capacity), room(like.value(), capacity));
        }
    }

    private Tensor room(Tensor like, long capacity) {
        return scope.adopt(
                Tensors.empty(like.dtype(), like.device(), like.size(0), like.size(1), capacity, like.size(3)));
    }

    /**
     * Stores what a block computed for new tokens.
     *
     * @param start number of tokens before them
     * @return keys and values of all tokens up to the new ones, as views
     */
    KeyValue append(int layer, long start, KeyValue added) {
        long count = added.key().size(2);
        KeyValue room = layers[layer];
        room.key().narrow(2, start, count).copyInPlace(added.key());
        room.value().narrow(2, start, count).copyInPlace(added.value());
        return first(layer, start + count);
    }

    /** Keys and values of the first {@code count} tokens, as views. */
    KeyValue first(int layer, long count) {
        KeyValue room = layers[layer];
        return new KeyValue(room.key().narrow(2, 0, count), room.value().narrow(2, 0, count));
    }

    @Override
    public void close() {
        scope.close();
    }
}
