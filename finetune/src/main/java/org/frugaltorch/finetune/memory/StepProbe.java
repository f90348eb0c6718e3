package org.frugaltorch.finetune.memory;

import java.util.List;
import java.util.function.Supplier;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.memory.Phase;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.optim.UpdatesInBackward;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Takes training steps of a model and counts what they take. Only weights that require gradients have moments; those are
 * there from the beginning, so every step is as large as in the middle of a training.
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

    /** What is measured: a model with data. */
    interface Subject extends AutoCloseable {
        /** The model's weights. */
        Parameters parameters();

        /** The loss of the same batch, with its graph. */
        Tensor loss();

        @Override
        void close();
    }

    /**
     * Bytes and seconds of the last step.
     *
     * @param weights adapters included
     */
    record Usage(long weights, long gradients, long optimizer, long savedActivations, long peak, double seconds) {}

    /** With updates after the backward pass; otherwise as below. */
    Usage measure(Supplier<Subject> factory) {
        return measure(factory, false);
    }

    /**
     * Measures a step.
     *
     * @param factory called with the ledger open; the probe closes what it makes
     * @param inBackward whether weights are updated within the backward pass
     */
    Usage measure(Supplier<Subject> factory, boolean inBackward) {
        Engine.seed(1);
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open();
                Subject subject = factory.get();
                AdamW optimizer = new AdamW(
                        List.of(new AdamW.Group(subject.parameters().trainableByName(), 0)), AdamW.Settings.DEFAULT);
                UpdatesInBackward updates = inBackward
                        ? new UpdatesInBackward(optimizer, subject.parameters().trainableByName()) : null) {
            long weights = ledger.liveBytes();
            optimizer.prepare();
            long moments = ledger.liveBytes() - weights;
            for (int i = 0; i < warmUpSteps; i++) {
                step(subject, optimizer, updates, ledger);
            }
            ledger.resetPeaks();
            long start = System.nanoTime();
            Step step = step(subject, optimizer, updates, ledger);
            double seconds = (System.nanoTime() - start) / 1e9;
            return new Usage(weights, step.gradients, moments, step.savedActivations, ledger.peakBytes(), seconds);
        }
    }

    private record Step(long savedActivations, long gradients) {}

    /** @param updates null when weights are updated after the backward pass */
    private static Step step(Subject subject, AdamW optimizer, UpdatesInBackward updates, MemoryLedger ledger) {
        long saved;
        long before = ledger.liveBytes();
        try (TensorScope scope = TensorScope.open()) {
            ledger.enter(Phase.FORWARD);
            Tensor loss = subject.loss();
            saved = ledger.liveBytes() - before;
            ledger.enter(Phase.BACKWARD);
            if (updates != null) {
                updates.begin(LEARNING_RATE);
            }
            Backward.run(loss);
        }
        long gradients;
        if (updates != null) {
            updates.finish();
            gradients = updates.mostGradientBytes();
        } else {
            gradients = ledger.liveBytes() - before;
            ledger.enter(Phase.OPTIMIZER);
            optimizer.step(LEARNING_RATE);
            subject.parameters().clearGrads();
        }
        ledger.enter(Phase.REST);
        return new Step(saved, gradients);
    }
}
