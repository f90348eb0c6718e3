package org.frugaltorch.finetune.memory;

/**
 * A model that is ready for training steps, and what one of them took. Nothing is counted any more, so further steps
 * are as fast as in a training.
 *
 * @param step closed with this
 * @param memory of one step
 */
public record CountedStep(TrainingStep step, StepMemory memory) implements AutoCloseable {
    @Override
    public void close() {
        step.close();
    }
}
