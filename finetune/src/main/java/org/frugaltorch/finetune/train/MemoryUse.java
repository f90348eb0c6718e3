package org.frugaltorch.finetune.train;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.memory.Phase;

/**
 * Bytes that a run took, as the {@link MemoryLedger} counted them.
 *
 * @param weightBytes all weights
 * @param gradientBytes most that gradients took
 * @param optimizerBytes the optimiser's moments
 * @param savedActivationBytes most that a forward pass kept for its backward pass
 * @param peakBytes most that was live at once in a training step, all of the above included
 * @param phasePeakBytes the same by phase of the step, in order
 */
public record MemoryUse(
        long weightBytes,
        long gradientBytes,
        long optimizerBytes,
        long savedActivationBytes,
        long peakBytes,
        Map<String, Long> phasePeakBytes) {

    /** Of a run that took nothing yet. */
    static final MemoryUse NONE = new MemoryUse(0, 0, 0, 0, 0, Map.of());

    static MemoryUse of(
            MemoryLedger ledger, long weightBytes, long gradientBytes, long optimizerBytes, long savedActivationBytes) {
        Map<String, Long> byPhase = new LinkedHashMap<>();
        long peak = 0;
        for (Phase phase : new Phase[] {Phase.FORWARD, Phase.BACKWARD, Phase.OPTIMIZER}) {
            byPhase.put(phase.name().toLowerCase(Locale.ROOT), ledger.peakBytes(phase));
            peak = Math.max(peak, ledger.peakBytes(phase));
        }
        return new MemoryUse(weightBytes, gradientBytes, optimizerBytes, savedActivationBytes, peak, byPhase);
    }

    /** The larger of each figure: a run that was interrupted took the most of its parts. */
    MemoryUse orMore(MemoryUse other) {
        Map<String, Long> byPhase = new LinkedHashMap<>(phasePeakBytes);
        other.phasePeakBytes.forEach((phase, bytes) -> byPhase.merge(phase, bytes, Math::max));
        return new MemoryUse(
                Math.max(weightBytes, other.weightBytes),
                Math.max(gradientBytes, other.gradientBytes),
                Math.max(optimizerBytes, other.optimizerBytes),
                Math.max(savedActivationBytes, other.savedActivationBytes),
                Math.max(peakBytes, other.peakBytes),
                byPhase);
    }
}
