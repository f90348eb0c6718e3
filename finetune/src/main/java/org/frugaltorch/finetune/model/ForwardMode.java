package org.frugaltorch.finetune.model;

import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;

/**
 * What a forward pass is for. Dropout acts in training alone; everything random in a pass follows from its seed.
 *
 * @param training whether this is a step of training
 * @param seed of this pass alone: a function of the run's seed, the step and the micro-batch
 */
public record ForwardMode(boolean training, long seed) {
    /** Evaluation or prediction. */
    public static final ForwardMode EVALUATE = new ForwardMode(false, 0);

    /** A pass of training. */
    public static ForwardMode train(long seed) {
        return new ForwardMode(true, seed);
    }

    /** Dropout in training, the input itself otherwise. */
    public Tensor dropout(Tensor input, double probability) {
        return training ? Functional.dropout(input, probability) : input;
    }

    /** The probability that acts in this mode. */
    public double active(double probability) {
        return training ? probability : 0;
    }
}
