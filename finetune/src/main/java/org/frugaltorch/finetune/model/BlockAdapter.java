package org.frugaltorch.finetune.model;

import org.frugaltorch.tensor.Tensor;

/** A small trained network at one place of a block, whose output is added to what the block computes there. */
@FunctionalInterface
public interface BlockAdapter {
    /** [B, T, H] to what is added, of the same shape. */
    Tensor apply(Tensor input, ForwardMode mode);
}
