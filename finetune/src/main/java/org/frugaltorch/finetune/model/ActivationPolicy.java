package org.frugaltorch.finetune.model;

import java.util.Arrays;
import java.util.Locale;

/**
 * What of a block's activations is kept for the backward pass, and what is computed again there. Gradients are the same
 * under every policy; a strategy decides for which tokens there are any.
 */
public enum ActivationPolicy {
    /** Whatever autograd asks for. */
    KEEP,
    /**
     * Less, at little cost: the feed-forward network keeps its input before the norm and what its activation function
     * reads; norm and activation are computed again. Where a strategy treats tokens as constants, it keeps what attention
     * read of them instead of their keys and values if that is smaller, and attention is computed again.
     */
    LEAN,
    /** The input of each block alone; the block runs again in the backward pass, about a third more work. */
    RECOMPUTE;

    /**
     * Reads {@code keep}, {@code lean} or {@code recompute}.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static ActivationPolicy named(String name) {
        return Arrays.stream(values()).filter(policy -> policy.toString().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Unknown activation policy '" + name + "': known are " + Arrays.toString(values())));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
