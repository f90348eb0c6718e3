package org.frugaltorch.finetune.model;

/**
 * Which way a block is built.
 *
 * @param preNorm whether norms stand before attention and feed-forward network (and one after the last block), instead
 *     of after each residual sum
 * @param causal whether a token sees only itself and those before it
 */
public record BlockLayout(boolean preNorm, boolean causal) {
    /** Norms after the residual sums, every token sees every other: BERT. */
    public static final BlockLayout POST_NORM_ENCODER = new BlockLayout(false, false);
}
