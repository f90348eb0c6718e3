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
     * Counts a step.
     *
     * @param factory called with the ledger open; what it makes lives as long as the result
     * @param described makes the figures out of what was counted
     */
    CountedStep open(Supplier<? extends TrainingStep.Subject> factory, Function<Usage, StepMemory> described) {
        Engine.seed(1);
        try (MemoryLedger ledger = MemoryLedger.open()) {
            TrainingStep step = TrainingStep.unprepared(factory, LEARNING_RATE);
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
        long before = ledger.liveBytes();
        long[] saved = new long[1];
        long[] gradients = new long[1];
        long start = System.nanoTime();
        step.run(phase -> {
            if (phase == Phase.BACKWARD) {
                saved[0] = ledger.liveBytes() - before;
            } else if (phase == Phase.OPTIMIZER) {
                gradients[0] = ledger.liveBytes() - before;
            }
            ledger.enter(phase);
        });
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Usage(weights, gradients[0], moments, saved[0], ledger.peakBytes(), seconds);
    }
}
