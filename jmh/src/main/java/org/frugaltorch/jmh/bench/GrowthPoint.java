package org.frugaltorch.jmh.bench;

/**
 * What a training step took at one size.
 *
 * @param axis what is varied: sequence, batch, layers or ratio
 * @param x its value
 * @param method see {@link org.frugaltorch.jmh.StepMethod}; without the ratio where that is varied
 * @param tokens of a step
 * @param savedBytes kept by the forward pass for the backward pass
 * @param formulaBytes the same by counting, see {@link org.frugaltorch.finetune.memory.ActivationFormula};
 *     {@link org.frugaltorch.finetune.measure.Units#UNKNOWN} where that does not apply
 * @param peakBytes most that was live at once
 * @param seconds a step, median
 */
public record GrowthPoint(
        String axis, double x, String method, long tokens, long savedBytes, long formulaBytes, long peakBytes,
        double seconds) {}
