package org.frugaltorch.optim;

/** AdamW of a parameter in bfloat16 with moments in bfloat16, computed in float32 and rounded stochastically. */
interface RoundedUpdate extends AutoCloseable {
    /**
     * Takes one step.
     *
     * @param parameter bfloat16, as is what belongs to it
     * @param steps how many this parameter has taken, this one counted
     * @param draw decides all rounding: another one for every update of a training
     */
    void apply(Updated parameter, long steps, StepSize size, long draw);

    @Override
    void close();
}
