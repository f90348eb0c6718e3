package org.frugaltorch.finetune.memory;

import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.TransformerConfig;

/**
 * What a forward pass of an encoder keeps for its backward pass, by counting, without dropout and with fused attention.
 *
 * <p>Numbers a token that carries gradients, in every block: its input, query, context, the two residual sums that norms
 * read and the first norm's result ({@code 6 H}), the feed-forward network before and after its activation
 * ({@code 2 I}), one number a head from the fused attention and two a norm. Keys and values ({@code 2 H}) are kept of
 * every token that is looked at, whether it carries gradients or not. Embeddings keep the sum that their norm reads, and the
 * norm's two numbers.
 *
 * @param config of the model
 * @param elementBytes bytes a number
 */
public record ActivationFormula(TransformerConfig config, int elementBytes) {
    private static final int NORM_STATISTICS = 2;
    private static final long RANDOM_STATE_BYTES = 5056;

    /**
     * Bytes kept by the stack; the head's few numbers a sequence are not in it.
     *
     * @param selectedTokens that carry gradients
     * @param allTokens that are looked at
     */
    public long bytes(long selectedTokens, long allTokens) {
        long keyValueWidth = 2L * config.numKeyValueHeads() * config.headSize();
        long blockWidth = 6L * config.hiddenSize() + 2L * config.intermediateSize()
                + config.numAttentionHeads() + 2L * NORM_STATISTICS;
        long embeddingWidth = config.hiddenSize() + NORM_STATISTICS;
        long selected = selectedTokens * (config.numHiddenLayers() * blockWidth + embeddingWidth);
        long all = allTokens * config.numHiddenLayers() * keyValueWidth;
        return (selected + all) * elementBytes;
    }

    /**
     * Bytes kept by the stack under a policy, when {@code H} is less than the keys and values of a token.
     *
     * <p>{@link ActivationPolicy#LEAN} keeps neither the first norm's result nor the activated network, and when some
     * tokens are constants, the input of attention ({@code H} of every token) instead of queries, keys and values.
     * {@link ActivationPolicy#RECOMPUTE} keeps the input of every block ({@code H} of every token). Both keep states of
     * the random generator.
     *
     * @param selectedTokens that carry gradients
     * @param allTokens that are looked at
     */
    public long bytes(long selectedTokens, long allTokens, ActivationPolicy policy) {
        if (policy == ActivationPolicy.KEEP) {
            return bytes(selectedTokens, allTokens);
        }
        int hidden = config.hiddenSize();
        long keyValueWidth = 2L * config.numKeyValueHeads() * config.headSize();
        long selectedWidth = 0;
        long allWidth = hidden;
        int states = 1;
        if (policy == ActivationPolicy.LEAN) {
            boolean constants = selectedTokens < allTokens;
            // The context, the two sums that norms read, the network before its activation; one norm's numbers.
            selectedWidth = 3L * hidden + config.intermediateSize() + NORM_STATISTICS;
            if (!constants) {
                selectedWidth += hidden + config.numAttentionHeads() + keyValueWidth;
            }
            states = constants ? 3 : 2;
        }
        long embedding = selectedTokens * (hidden + NORM_STATISTICS) * (long) elementBytes;
        long block = (selectedTokens * selectedWidth + allTokens * allWidth) * elementBytes + states * RANDOM_STATE_BYTES;
        return embedding + config.numHiddenLayers() * block;
    }

    /**
     * Bytes kept by the stack under a policy, when a head reads one token of every sequence, which carries gradients: of
     * the others the last block keeps its input, keys and values, as far as the policy keeps those.
     *
     * @param sequences whose tokens they are
     * @param selectedTokens of them that carry gradients
     * @param allTokens of them that are looked at
     */
    public long bytesReadingOne(long sequences, long selectedTokens, long allTokens, ActivationPolicy policy) {
        long whole = bytes(selectedTokens, allTokens, policy);
        if (policy == ActivationPolicy.RECOMPUTE) {
            return whole;
        }
        int hidden = config.hiddenSize();
        boolean attentionAgain = policy == ActivationPolicy.LEAN && selectedTokens < allTokens;
        long attentionWidth = hidden + (attentionAgain ? 0 : hidden + config.numAttentionHeads());
        long width = attentionWidth + (policy == ActivationPolicy.LEAN
                ? 2L * hidden + config.intermediateSize() + NORM_STATISTICS
                : 3L * hidden + 2L * config.intermediateSize() + 2L * NORM_STATISTICS);
        long ofOne = width + (attentionAgain ? 0 : hidden); // the input of queries is another than that of keys
        return whole - (selectedTokens * width - sequences * ofOne) * elementBytes + sequences * Long.BYTES;
    }
}
