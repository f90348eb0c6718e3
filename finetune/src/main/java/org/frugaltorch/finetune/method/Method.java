package org.frugaltorch.finetune.method;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.frugaltorch.finetune.meft.MeftSettings;
import org.frugaltorch.finetune.meft.MeftVariant;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.finetune.quant.FourBitFormat;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenSelection;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.tokentune.TokenTune;
import org.frugaltorch.finetune.tokentune.WeightedSelection;
import org.frugaltorch.finetune.tokentune.WeightedSelection.Anchors;
import org.frugaltorch.tensor.DType;

/**
 * A way to fine-tune, by the name that reports show. Which weights are trained, by which tokens' gradients, and what is
 * kept for the backward pass are chosen independently of one another.
 *
 * @param name such as {@code full}, {@code tokentune-0.25} or {@code qlora+tokentune-0.3+recompute}
 * @param training which weights are trained
 * @param tokens that carry gradients; all when empty
 * @param policy what is kept of a block's activations
 * @param reversible how the model is made reversible, in methods that do
 */
public record Method(
        String name, Training training, Optional<TokenChoice> tokens, ActivationPolicy policy,
        Optional<MeftRecipe> reversible) {
    /** The share of TokenTune when its name has none: that of its authors' experiments with language models. */
    public static final TokenShare DEFAULT_SHARE = new TokenShare.Ratio(0.3);

    private static final String TOKEN_TUNE = "tokentune";

    /** Which weights are trained. */
    public enum Training {
        /** All. */
        FULL,
        /** Adapters on dense weights. */
        LORA,
        /** Adapters on weights in four bits. */
        QLORA,
        /** Adapters that make the model reversible. */
        MEFT;

        /** Whether low-rank adapters are trained on a model that is otherwise left as it is. */
        public boolean isLowRank() {
            return this == LORA || this == QLORA;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Which tokens TokenTune selects.
     *
     * @param share how many
     * @param importance how likely each is
     */
    public record TokenChoice(TokenShare share, TokenImportance importance) {
        @Override
        public String toString() {
            return TOKEN_TUNE + "-" + share + (importance == TokenImportance.RANDOM ? "" : "-" + importance);
        }
    }

    /** Full fine-tuning: gradients of all weights through every token. */
    public static Method full() {
        return of(Training.FULL, Optional.empty());
    }

    /** TokenTune: gradients of all weights through some tokens. */
    public static Method tokenTune(TokenShare share, TokenImportance importance) {
        return of(Training.FULL, Optional.of(new TokenChoice(share, importance)));
    }

    /** Any training with or without TokenTune. */
    public static Method of(Training training, Optional<TokenChoice> tokens) {
        String name = training == Training.FULL && tokens.isPresent()
                ? tokens.get().toString()
                : training + tokens.map(choice -> "+" + choice).orElse("");
        return new Method(name, training, tokens, ActivationPolicy.KEEP, Optional.empty());
    }

    /** MEFT with or without TokenTune. */
    public static Method meft(MeftRecipe recipe, Optional<TokenChoice> tokens) {
        return new Method(recipe + tokens.map(choice -> "+" + choice).orElse(""), Training.MEFT, tokens,
                ActivationPolicy.KEEP, Optional.of(recipe));
    }

    /**
     * Reads {@code full}, {@code lora} or {@code qlora}, {@code tokentune} or {@code tokentune-SHARE}, or one of either
     * joined by a plus; or {@code meft1}, {@code meft2} or {@code meft3}, alone, over four bits as in {@code meft1+nf4}, or
     * joined with TokenTune.
     *
     * @param recipes of the variants of MEFT
     * @throws IllegalArgumentException for anything else
     */
    public static Method named(String name, Function<MeftVariant, MeftRecipe> recipes) {
        Optional<MeftRecipe> reversible = Optional.empty();
        Optional<Training> training = Optional.empty();
        Optional<TokenChoice> tokens = Optional.empty();
        Optional<Quantisation> fourBits = Optional.empty();
        for (String part : name.split("\\+", -1)) {
            if (isTokenTune(part) && tokens.isEmpty()) {
                tokens = Optional.of(new TokenChoice(share(part), TokenImportance.RANDOM));
            } else if (isFourBits(part) && reversible.isPresent() && fourBits.isEmpty()) {
                fourBits = Optional.of(Quantisation.asked(part, null, DType.FLOAT32));
            } else if (training.isPresent()) {
                throw unknown(name);
            } else {
                reversible = variant(part).map(recipes);
                training = Optional.of(reversible.isPresent() ? Training.MEFT : training(name, part));
            }
        }
        if (reversible.isPresent()) {
            MeftRecipe recipe = reversible.get();
            return meft(fourBits.map(recipe::quantised).orElse(recipe), tokens);
        }
        return new Method(name, training.orElse(Training.FULL), tokens, ActivationPolicy.KEEP, Optional.empty());
    }

    /** The same with MEFT as its authors have it. */
    public static Method named(String name) {
        return named(name, variant -> new MeftRecipe(MeftSettings.of(variant)));
    }

    private static Optional<MeftVariant> variant(String name) {
        return Arrays.stream(MeftVariant.values()).filter(variant -> variant.toString().equals(name)).findFirst();
    }

    private static boolean isFourBits(String part) {
        return Arrays.stream(FourBitFormat.values()).anyMatch(format -> format.checkpointName().equals(part));
    }

    private static boolean isTokenTune(String part) {
        return part.equals(TOKEN_TUNE) || part.startsWith(TOKEN_TUNE + "-");
    }

    private static TokenShare share(String part) {
        return part.equals(TOKEN_TUNE) ? DEFAULT_SHARE : TokenShare.parse(part.substring(TOKEN_TUNE.length() + 1));
    }

    private static Training training(String name, String part) {
        return switch (part) {
            case "full" -> Training.FULL;
            case "lora" -> Training.LORA;
            case "qlora" -> Training.QLORA;
            default -> throw unknown(name);
        };
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("Unknown method '" + name + "': known are full, lora and qlora,"
                + " tokentune-SHARE such as tokentune-0.3, and both joined, such as qlora+tokentune-0.3; also meft1,"
                + " meft2 and meft3, alone or joined with nf4 and tokentune-SHARE, such as meft1+nf4+tokentune-0.25");
    }

    /**
     * The same with another policy, which its name then tells too.
     *
     * @throws IllegalArgumentException when the method keeps no activations that a policy could be about
     */
    public Method under(ActivationPolicy other) {
        if (reversible.isPresent() && other != ActivationPolicy.KEEP) {
            throw new IllegalArgumentException("Reversible layers keep no activations, so there is nothing that '" + other
                    + "' could save: leave --" + other + " out");
        }
        String plain = policy == ActivationPolicy.KEEP ? name : name.substring(0, name.lastIndexOf('+'));
        return new Method(
                other == ActivationPolicy.KEEP ? plain : plain + "+" + other, training, tokens, other, reversible);
    }

    /** The same through every token. */
    public Method throughAllTokens() {
        return reversible.map(recipe -> meft(recipe, Optional.empty()))
                .orElseGet(() -> of(training, Optional.empty()).under(policy));
    }

    /**
     * How a model of that kind is run in training, unless it is made reversible: TokenTune always selects the last token
     * too where order matters.
     */
    public ActivationStrategy strategy(TransformerConfig config) {
        if (reversible.isPresent()) {
            throw new IllegalStateException(name + " runs a model by its own adapters: use AdaptedModel or"
                    + " PreparedClassifier");
        }
        return selection(config).<ActivationStrategy>map(tokens -> new TokenTune(tokens, policy))
                .orElseGet(() -> new KeepAll(policy));
    }

    /** Tokens of a sequence of that many which carry gradients in a model of that kind. */
    public int selected(TransformerConfig config, int length) {
        return weighted(config).map(tokens -> tokens.count(length)).orElse(length);
    }

    /** The tokens that carry gradients in a model of that kind; all when empty. */
    public Optional<TokenSelection> selection(TransformerConfig config) {
        return weighted(config).map(tokens -> tokens);
    }

    private Optional<WeightedSelection> weighted(TransformerConfig config) {
        Anchors anchors = Anchors.USUAL.in(config);
        return tokens.map(choice -> new WeightedSelection(choice.share(), choice.importance(), anchors));
    }
}
