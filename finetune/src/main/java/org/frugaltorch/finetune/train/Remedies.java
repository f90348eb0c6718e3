package org.frugaltorch.finetune.train;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.bindings.OutOfTorchMemoryException;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.memory.MemoryLedger.Shortage;
import org.frugaltorch.memory.Phase;

/**
 * What would take less memory than a run did, for the day it runs out.
 *
 * @param forWeights what makes weights, gradients and moments smaller
 * @param forActivations what makes a forward pass keep less
 */
public record Remedies(List<String> forWeights, List<String> forActivations) {
    public Remedies {
        forWeights = List.copyOf(forWeights);
        forActivations = List.copyOf(forActivations);
    }

    /** Collects those that a run does not use yet. */
    public static final class Builder {
        private final List<String> weights = new ArrayList<>();
        private final List<String> activations = new ArrayList<>();

        /** None yet. */
        public Builder() {}

        /** Adds what makes weights smaller, if it is open to the run. */
        public Builder forWeights(boolean open, String remedy) {
            return add(weights, open, remedy);
        }

        /** Adds what makes activations smaller, if it is open to the run. */
        public Builder forActivations(boolean open, String remedy) {
            return add(activations, open, remedy);
        }

        private Builder add(List<String> remedies, boolean open, String remedy) {
            if (open) {
                remedies.add(remedy);
            }
            return this;
        }

        /** All that were added, in order. */
        public Remedies build() {
            return new Remedies(weights, activations);
        }
    }

    /**
     * A run's end for want of memory, in one sentence: what was being done, how much was wanted beside how much, and
     * what would take less.
     *
     * @param ledger of the run
     */
    public TrainingException outOfMemory(OutOfTorchMemoryException failure, MemoryLedger ledger) {
        return new TrainingException(
                ledger.lastShortage().map(shortage -> sentence(shortage, ledger.peakBytes(Phase.REST)))
                        .orElseGet(() -> "Memory ran out (" + failure.getMessage() + ')')
                        + lessWith(ledger.lastShortage().map(Shortage::phase).orElse(Phase.FORWARD)),
                failure);
    }

    private static String sentence(Shortage shortage, long atRest) {
        String where = switch (shortage.phase()) {
            case REST -> "while weights were loaded";
            case FORWARD -> "in a forward pass";
            case BACKWARD -> "in a backward pass";
            case OPTIMIZER -> "in a step of the optimiser";
            case EVALUATION -> "in an evaluation";
        };
        return "Memory ran out " + where + ": " + Units.mib(shortage.bytes()) + " MiB more were wanted beside "
                + Units.mib(shortage.liveBytes()) + " MiB in use, of which "
                + Units.mib(Math.min(atRest, shortage.liveBytes())) + " MiB were weights and what the optimiser keeps";
    }

    private String lessWith(Phase phase) {
        List<String> remedies = new ArrayList<>();
        if (phase != Phase.REST && phase != Phase.OPTIMIZER) {
            remedies.addAll(forActivations);
        }
        if (phase != Phase.EVALUATION) {
            remedies.addAll(forWeights);
        }
        return remedies.isEmpty()
                ? "; a smaller model would take less"
                : "; it takes less with " + String.join(", or with ", remedies);
    }
}
