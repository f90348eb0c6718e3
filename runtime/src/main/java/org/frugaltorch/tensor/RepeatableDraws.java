package org.frugaltorch.tensor;

/**
 * A part of a computation whose random numbers will have to be drawn again, as when a block is recomputed in the backward
 * pass: while it is open on a thread, drawing on a device whose generator cannot be set back is refused, since the second
 * draw would be another one and gradients would be wrong without a word. The generators of the CPU and of CUDA devices can
 * be set back (see {@link org.frugaltorch.engine.RandomReplay}).
 *
 * <pre>{@code
 * context.save(Engine.randomState());
 * try (RepeatableDraws required = RepeatableDraws.require()) {
 *     return block.forward(input);
 * }
 * }</pre>
 */
public final class RepeatableDraws implements AutoCloseable {
    private final ThreadContext context;

    private RepeatableDraws(ThreadContext context) {
        this.context = context;
        context.repeatableDraws++;
    }

    /** From now on until it is closed, this thread draws only what it can draw again. */
    public static RepeatableDraws require() {
        return new RepeatableDraws(ThreadContext.current());
    }

    /** To be asked by every operator that draws. */
    static void check(Tensor drawnFor) {
        int device = drawnFor.device().type();
        if (ThreadContext.current().repeatableDraws > 0 && device != Device.CPU_TYPE && device != Device.CUDA_TYPE) {
            throw new IllegalStateException("Dropout on " + drawnFor.device() + " cannot be drawn again in the backward"
                    + " pass, which recomputed and lean parts of a model need: set the dropout to 0, or keep activations");
        }
    }

    @Override
    public void close() {
        context.repeatableDraws--;
    }
}
