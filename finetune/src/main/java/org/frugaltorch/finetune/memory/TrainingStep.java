package org.frugaltorch.finetune.memory;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.memory.Phase;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * A model, a batch and an optimiser: takes one training step after another, always on the same batch. Only weights that
 * require gradients have moments; those are there from the beginning, so every step is as large as in the middle of a
 * training. Belongs to the thread that opened it.
 */
public final class TrainingStep implements AutoCloseable {
    private final TensorScope scope = TensorScope.open();
    private final Subject subject;
    private final AdamW optimizer;
    private final double learningRate;

    /** What is trained: a model with data. */
    public interface Subject extends AutoCloseable {
        /** The model's weights. */
        Parameters parameters();

        /** The loss of the same batch, with its graph. */
        Tensor loss();

        @Override
        void close();
    }

    private TrainingStep(Supplier<? extends Subject> factory, double learningRate) {
        this.learningRate = learningRate;
        try {
            subject = factory.get();
            optimizer = new AdamW(
                    List.of(new AdamW.Group(subject.parameters().trainableByName(), 0)), AdamW.Settings.DEFAULT);
        } catch (RuntimeException failure) {
            scope.close();
            throw failure;
        }
    }

    /**
     * Makes a model ready.
     *
     * @param factory makes what is trained, which is closed with this
     * @param learningRate of every step; AdamW without weight decay
     */
    public static TrainingStep open(Supplier<? extends Subject> factory, double learningRate) {
        TrainingStep step = unprepared(factory, learningRate);
        step.prepare();
        return step;
    }

    /** The same without moments, so that they can be told from the weights. */
    static TrainingStep unprepared(Supplier<? extends Subject> factory, double learningRate) {
        return new TrainingStep(factory, learningRate);
    }

    void prepare() {
        optimizer.prepare();
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
            Backward.run(loss);
            value = loss.item();
        }
        entered.accept(Phase.OPTIMIZER);
        optimizer.step(learningRate);
        subject.parameters().clearGrads();
        entered.accept(Phase.REST);
        return value;
    }

    @Override
    public void close() {
        optimizer.close();
        subject.close();
        scope.close();
    }
}
