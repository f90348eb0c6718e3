package org.frugaltorch.finetune.meft;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * How a model is made reversible. Checks itself and reports all problems together.
 *
 * @param variant what the sub-networks are
 * @param lambda factor of the first stream; the smaller, the closer the beginning is to the pretrained model
 * @param beta factor of the second stream
 * @param adapter the trained networks
 * @param reversibleLayers how many of the deepest layers are reversible; all when empty
 * @param shallow what becomes of the layers below
 * @param reconstruction how inputs are got back
 * @param tokensAtOnce how many tokens go through the reversible layers together, in whole rows of a batch: what is kept
 *     of a layer while it goes back is kept for these alone; 0 for the whole batch, empty for as many as fit the model
 */
public record MeftSettings(
        MeftVariant variant,
        double lambda,
        double beta,
        AdapterSettings adapter,
        OptionalInt reversibleLayers,
        ShallowLayers shallow,
        Reconstruction reconstruction,
        OptionalInt tokensAtOnce) {
    /** Enough for matrix products to be at full speed. */
    private static final int FEWEST_AT_ONCE = 1024;
    /** Numbers of hidden states at once for all else to be so too: 3 MiB in float32. */
    private static final int NUMBERS_AT_ONCE = FEWEST_AT_ONCE * 768;

    public MeftSettings {
        List<String> problems = new ArrayList<>();
        checkFactor(problems, "lambda", lambda);
        checkFactor(problems, "beta", beta);
        adapter.check(problems);
        if (reversibleLayers.isPresent() && reversibleLayers.getAsInt() < 0) {
            problems.add("the number of reversible layers must be at least 0, not " + reversibleLayers.getAsInt());
        }
        if (reversibleLayers.equals(OptionalInt.of(0)) && shallow == ShallowLayers.FROZEN) {
            problems.add("without reversible layers, the others cannot be frozen: nothing would be trained");
        }
        if (tokensAtOnce.isPresent() && tokensAtOnce.getAsInt() < 0) {
            problems.add("the number of tokens at once must be at least 0, not " + tokensAtOnce.getAsInt());
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("These MEFT settings are not usable: " + String.join("; ", problems));
        }
    }

    private static void checkFactor(List<String> problems, String name, double value) {
        if (!Factor.isUsable(value)) {
            problems.add("the factor " + name + " " + Factor.requirement() + ", not " + value);
        }
    }

    /** The authors' factors, adapters of their width, all layers, exact. */
    public static MeftSettings of(MeftVariant variant) {
        return new MeftSettings(variant, variant.defaultLambda(), variant.defaultBeta(),
                new AdapterSettings.Bottleneck(AdapterSettings.Bottleneck.DEFAULT_WIDTH), OptionalInt.empty(),
                ShallowLayers.FROZEN, Reconstruction.EXACT, OptionalInt.empty());
    }

    /** The same with other factors. */
    public MeftSettings withFactors(double newLambda, double newBeta) {
        return new MeftSettings(
                variant, newLambda, newBeta, adapter, reversibleLayers, shallow, reconstruction, tokensAtOnce);
    }

    /** The same with other adapters. */
    public MeftSettings withAdapter(AdapterSettings other) {
        return new MeftSettings(variant, lambda, beta, other, reversibleLayers, shallow, reconstruction, tokensAtOnce);
    }

    /** The same with that many reversible layers over that kind of others. */
    public MeftSettings withLayers(int reversible, ShallowLayers others) {
        return new MeftSettings(
                variant, lambda, beta, adapter, OptionalInt.of(reversible), others, reconstruction, tokensAtOnce);
    }

    /** The same with another way back. */
    public MeftSettings withReconstruction(Reconstruction other) {
        return new MeftSettings(variant, lambda, beta, adapter, reversibleLayers, shallow, other, tokensAtOnce);
    }

    /** The same with another number of tokens at once. */
    public MeftSettings withTokensAtOnce(int tokens) {
        return new MeftSettings(
                variant, lambda, beta, adapter, reversibleLayers, shallow, reconstruction, OptionalInt.of(tokens));
    }

    /** Tokens at once in a model of that hidden size; 0 for the whole batch. */
    public int tokensAtOnceOf(int hiddenSize) {
        return tokensAtOnce.orElse(Math.max(FEWEST_AT_ONCE, NUMBERS_AT_ONCE / hiddenSize));
    }

    /**
     * Number of reversible layers of a model.
     *
     * @throws IllegalArgumentException when the model has too few
     */
    public int reversibleOf(int layers) {
        int wanted = reversibleLayers.orElse(layers);
        if (wanted > layers) {
            throw new IllegalArgumentException(
                    "The model has " + layers + " layers, so " + wanted + " of them cannot be reversible");
        }
        return wanted;
    }

    /** How many of the lowest layers of a model are frozen, the others having adapters. */
    public int frozenOf(int layers) {
        return shallow == ShallowLayers.TRAINED ? 0 : layers - reversibleOf(layers);
    }

    /** Layers from one anchor to the next; 0 where there are none. */
    int anchorDistance() {
        return reconstruction instanceof Reconstruction.Anchored anchored ? anchored.distance(first(), second()) : 0;
    }

    Factor first() {
        return Factor.of(lambda);
    }

    Factor second() {
        return Factor.of(beta);
    }
}
