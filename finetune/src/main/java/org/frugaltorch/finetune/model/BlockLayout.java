package org.frugaltorch.finetune.model;

import java.util.EnumSet;
import java.util.Set;

/**
 * Which way a block is built.
 *
 * @param preNorm whether norms stand before attention and feed-forward network (and one after the last block), instead
 *     of after each residual sum
 * @param causal whether a token sees only itself and those before it
 * @param window how many tokens a token sees at most, itself included; 0 for no bound
 * @param norm which norm
 * @param biased linear parts that have a bias
 */
public record BlockLayout(
        boolean preNorm, boolean causal, int window, NormKind norm, Set<ParameterNames.Part> biased) {
    /** Norms after the residual sums, every token sees every other: BERT. */
    public static final BlockLayout POST_NORM_ENCODER =
            new BlockLayout(false, false, 0, NormKind.LAYER, EnumSet.allOf(ParameterNames.Part.class));

    /** The same, a token seeing only itself and those before it. */
    public static final BlockLayout POST_NORM_DECODER =
            new BlockLayout(false, true, 0, NormKind.LAYER, EnumSet.allOf(ParameterNames.Part.class));

    /** Kinds of {@link org.frugaltorch.nn.Norm}. */
    public enum NormKind {
        /** Layer normalisation, with bias. */
        LAYER,
        /** Root-mean-square normalisation, without. */
        ROOT_MEAN_SQUARE
    }

    public BlockLayout {
        biased = Set.copyOf(biased);
    }

    /** Norms before, root-mean-square, causal: Llama and those built like it. */
    public static BlockLayout preNormDecoder(int window, Set<ParameterNames.Part> biased) {
        return new BlockLayout(true, true, window, NormKind.ROOT_MEAN_SQUARE, biased);
    }
}
