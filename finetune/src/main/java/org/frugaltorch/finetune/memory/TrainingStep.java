package org.frugaltorch.finetune.memory;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.memory.Phase;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.optim.UpdatesInBackward;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * A model, a batch and AdamW without weight decay: takes one training step after another, always on the same batch.
 * Only weights that require gradients have moments; those are there from the beginning, so every step is as large as in
 * the middle of a training. Belongs to the thread that opened it.
 */
public final class TrainingStep implements AutoCloseable {
    private final TensorScope scope = TensorScope.open();
    private final double learningRate;
    private final Subject subject;
    private final AdamW optimizer;
    /** Null when weights are updated after the backward pass. */
    private final UpdatesInBackward updates;
    /** A weight on a device that computes while Java goes on; null on the CPU. */
    private final Tensor awaited;

    /** What is trained: a model with data. */
    public interface Subject extends AutoCloseable {
        /** The model's weights. */
        Parameters parameters();

        /** The loss of the same batch, with its graph. */
        Tensor loss();

        @Override
        void close();
    }

    /** Without moments yet, so that they can be told from the weights. */
    TrainingStep(Supplier<? extends Subject> factory, double learningRate, boolean inBackward) {
        this.learningRate = learningRate;
        Subject made = null;
        try {
            made = factory.get();
            Map<String, Tensor> trained = made.parameters().trainableByName();
            optimizer = new AdamW(List.of(new AdamW.Group(trained, 0)), AdamW.Settings.DEFAULT);
            updates = inBackward ? new UpdatesInBackward(optimizer, trained) : null;
            Tensor last = List.copyOf(trained.values()).getLast();
            awaited = last.device().isCpu() ? null : last;
            subject = made;
        } catch (RuntimeException failure) {
            try (scope; Subject useless = made) {
                throw failure;
            }
        }
    }

    /**
     * Makes a model ready.
     *
     * @param factory makes what is trained, which is closed with this
     * @param learningRate of every step
     * @param inBackward whether weights are updated within the backward pass
     */
    public static TrainingStep open(Supplier<? extends Subject> factory, double learningRate, boolean inBackward) {
        TrainingStep step = new TrainingStep(factory, learningRate, inBackward);
        step.prepare();
        return step;
    }

    /** Makes the moments. */
    void prepare() {
        optimizer.prepare();
    }

    boolean updatesInBackward() {
        return updates != null;
    }

    /** Most bytes of gradients at once, with updates in the backward pass. */
    long mostGradientBytes() {
        return updates.mostGradientBytes();
    }

    /**
     * Takes a step: forward pass, backward pass, update.
     *
     * @return the loss before the update
     */
    public double run() {
        return run(phase -> { });
    }

    /** @param entered is told each phase as it begins */
    double run(Consumer<Phase> entered) {
        double value;
        try (TensorScope inner = TensorScope.open()) {
            entered.accept(Phase.FORWARD);
            Tensor loss = subject.loss();
            entered.accept(Phase.BACKWARD);
            if (updates != null) {
                updates.begin(learningRate);
            }
            Backward.run(loss);
            value = loss.item();
        }
        if (updates != null) {
            updates.finish();
        } else {
            entered.accept(Phase.OPTIMIZER);
            optimizer.step(learningRate);
            subject.parameters().clearGrads();
        }
        awaitDevice();
        entered.accept(Phase.REST);
        return value;
    }

    /** Operators of other devices are under way when they return; a number of a weight is there when all are done. */
    private void awaitDevice() {
        if (awaited != null) {
            try (TensorScope inner = TensorScope.open()) {
                awaited.detach().reshape(-1).narrow(0, 0, 1).item();
            }
        }
    }

    @Override
    public void close() {
        try (scope; subject; optimizer; updates) {
            // Closed from the last to the first, whatever happens.
        }
    }
}
