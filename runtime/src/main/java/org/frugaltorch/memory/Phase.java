package org.frugaltorch.memory;

/** Parts of a training step between which the {@link MemoryLedger} tells memory apart. */
public enum Phase {
    /** Loading and everything outside a step: weights, gradients and optimiser state at rest. */
    REST,
    /** The forward pass; what is live at its end and was not before is saved for the backward pass. */
    FORWARD,
    /** The backward pass. */
    BACKWARD,
    /** The optimiser's step, clipping included. */
    OPTIMIZER,
    /** Evaluation and prediction. */
    EVALUATION
}
