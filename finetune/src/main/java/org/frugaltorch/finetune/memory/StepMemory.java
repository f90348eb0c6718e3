package org.frugaltorch.finetune.memory;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.frugaltorch.finetune.measure.Units;

/**
 * Bytes of one real training step, as the ledger counted them.
 *
 * @param method such as {@code full} or {@code tokentune-0.25}
 * @param recompute whether blocks ran again in the backward pass
 * @param chunkedLoss whether the scores of all tokens never existed at once
 * @param lean whether norms and activation functions were computed again
 * @param optimizerInBackward whether weights were updated within the backward pass
 * @param weightBytes all weights, adapters included
 * @param gradientBytes all gradients; with updates within the backward pass, the most that existed at once
 * @param optimizerBytes the optimiser's moments
 * @param savedActivationBytes kept by the forward pass for the backward pass
 * @param formulaBytes the same by counting, see {@link ActivationFormula} and {@link LanguageFormula};
 *     {@link Units#UNKNOWN} where neither applies
 * @param peakBytes most that was live at once
 * @param tokensPerSecond of the last step
 */
public record StepMemory(
        String method,
        boolean recompute,
        boolean chunkedLoss,
        boolean lean,
        boolean optimizerInBackward,
        long weightBytes,
        long gradientBytes,
        long optimizerBytes,
        long savedActivationBytes,
        long formulaBytes,
        long peakBytes,
        double tokensPerSecond) {

    /** The peak over what is alive between steps, weights and moments: activations, and gradients as far as alive then. */
    @JsonProperty
    public long overRestBytes() {
        return peakBytes - weightBytes - optimizerBytes;
    }
}
