package org.frugaltorch.finetune.memory;

import java.util.Optional;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.tokentune.TokenTune;
import org.frugaltorch.finetune.tokentune.WeightedSelection;

/**
 * A way to fine-tune a language model.
 *
 * @param name as it was asked for, such as {@code qlora+tokentune-0.3}
 * @param training which weights are trained
 * @param share of tokens that carry gradients; all when empty
 */
public record LanguageMethod(String name, Training training, Optional<TokenShare> share) {
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
        QLORA
    }

    /**
     * Reads {@code full}, {@code lora} or {@code qlora}, {@code tokentune} or {@code tokentune-SHARE}, or one of either
     * joined by a plus.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static LanguageMethod named(String name) {
        Optional<Training> training = Optional.empty();
        Optional<TokenShare> share = Optional.empty();
        for (String part : name.split("\\+", -1)) {
            if (isTokenTune(part) && share.isEmpty()) {
                share = Optional.of(share(part));
            } else if (training.isEmpty()) {
                training = Optional.of(training(name, part));
            } else {
                throw unknown(name);
            }
        }
        return new LanguageMethod(name, training.orElse(Training.FULL), share);
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
                + " tokentune-SHARE such as tokentune-0.3, and both joined, such as qlora+tokentune-0.3");
    }

    /** How the model is run. */
    ActivationStrategy strategy(ActivationPolicy policy) {
        return share.<ActivationStrategy>map(s -> new TokenTune(selection(s), policy)).orElseGet(() -> new KeepAll(policy));
    }

    /** Tokens with gradients of a sequence of that many. */
    int selected(int length) {
        return share.map(s -> selection(s).count(length)).orElse(length);
    }

    private static WeightedSelection selection(TokenShare share) {
        return new WeightedSelection(share, TokenImportance.RANDOM, WeightedSelection.Anchors.ENDS);
    }
}
