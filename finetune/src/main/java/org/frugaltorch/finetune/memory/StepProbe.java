package org.frugaltorch.finetune.memory;

import java.util.function.Function;
import java.util.function.Supplier;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.memory.Phase;

/**
 * Takes training steps of a model and counts what they take.
 *
 * @param warmUpSteps steps before the one that is measured
 */
record StepProbe(int warmUpSteps) {
    private static final double LEARNING_RATE = 1e-5;

    StepProbe {
        if (warmUpSteps < 0) {
            throw new IllegalArgumentException("The number of steps to warm up must be at least 0, not " + warmUpSteps);
        }
    }

    /**
     * Bytes and seconds of the last step.
     *
     * @param weights adapters included
     */
    record Usage(long weights, long gradients, long optimizer, long savedActivations, long peak, double seconds) {}

    /**
     * Measures a step.
     *
     * @param factory called with the ledger open; what it makes lives as long as the result
     * @param inBackward whether weights are updated within the backward pass
     * @param described makes the figures of what was counted
     */
    CountedStep open(
            Supplier<? extends TrainingStep.Subject> factory, boolean inBackward,
            Function<Usage, StepMemory> described) {
        Engine.seed(1);
        try (MemoryLedger ledger = MemoryLedger.open()) {
            TrainingStep step = new TrainingStep(factory, LEARNING_RATE, inBackward);
            try {
                return new CountedStep(step, described.apply(usage(step, ledger)));
            } catch (RuntimeException failure) {
                step.close();
                throw failure;
            }
        }
    }

    private Usage usage(TrainingStep step, MemoryLedger ledger) {
        long weights = ledger.liveBytes();
        step.prepare();
        long moments = ledger.liveBytes() - weights;
        for (int i = 0; i < warmUpSteps; i++) {
            step.run(ledger::enter);
        }
        ledger.resetPeaks();
        Counted counted = new Counted(ledger);
        long start = System.nanoTime();
        step.run(counted::enter);
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Usage(weights, step.updatesInBackward() ? step.mostGradientBytes() : counted.gradients,
                moments, counted.savedActivations, ledger.peakBytes(), seconds);
    }

    /** What is live when a phase of a step ends. */
    private static final class Counted {
        private final MemoryLedger ledger;
        private final long before;
        private long savedActivations;
        private long gradients;

        Counted(MemoryLedger ledger) {
            this.ledger = ledger;
            this.before = ledger.liveBytes();
        }

        void enter(Phase phase) {
            switch (phase) {
                case BACKWARD -> savedActivations = ledger.liveBytes() - before;
                case OPTIMIZER -> gradients = ledger.liveBytes() - before;
                default -> { }
            }
            ledger.enter(phase);
        }
    }
}
