package org.frugaltorch.finetune.memory;

/**
 * Bytes of one real training step, as the ledger counted them.
 *
 * @param method such as {@code full} or {@code tokentune-0.25}
 * @param weightBytes all weights
 * @param gradientBytes all gradients
 * @param optimizerBytes the optimiser's moments
 * @param savedActivationBytes kept by the forward pass for the backward pass
 * @param formulaBytes the same by counting; see {@link ActivationFormula}
 * @param peakBytes most that was live at once
 * @param tokensPerSecond of the second step, the first being for warming up
 */
public record StepMemory(
        String method,
        long weightBytes,
        long gradientBytes,
        long optimizerBytes,
        long savedActivationBytes,
        long formulaBytes,
        long peakBytes,
        double tokensPerSecond) {}
