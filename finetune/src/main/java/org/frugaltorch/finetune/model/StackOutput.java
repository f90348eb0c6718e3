package org.frugaltorch.finetune.model;

import org.frugaltorch.tensor.Tensor;

/**
 * Final states of a batch.
 *
 * @param tokens those that carry gradients
 * @param hiddenStates their states [B, P, H]
 * @param constantTokens those that do not; null when there are none
 * @param constantStates their states [B, S, H]; null when there are none or they were not wanted
 */
public record StackOutput(
        TokenGroup tokens, Tensor hiddenStates, TokenGroup constantTokens, Tensor constantStates) {

    /** All tokens carry gradients. */
    public StackOutput(TokenGroup tokens, Tensor hiddenStates) {
        this(tokens, hiddenStates, null, null);
    }
}
