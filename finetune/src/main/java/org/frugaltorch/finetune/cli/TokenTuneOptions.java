package org.frugaltorch.finetune.cli;

import java.util.Optional;
import org.frugaltorch.finetune.method.Method.TokenChoice;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import picocli.CommandLine.Option;

/** The options of commands that train: which tokens carry gradients. */
public final class TokenTuneOptions {
    @Option(names = "--tokentune", paramLabel = "SHARE",
            description = "Back-propagate through some tokens (or patches of pictures) only: a ratio such as 0.25, or a"
                    + " count such as 16.")
    private String share;

    @Option(names = "--token-selection", paramLabel = "NAME",
            description = "How TokenTune draws tokens: random, embedding-norm or attention-received (default: random).")
    private String selection;

    /** Options not given yet; picocli sets them. */
    public TokenTuneOptions() {}

    /** What was asked for; empty if gradients go through all tokens. */
    Optional<TokenChoice> choice() {
        if (share == null && selection != null) {
            throw new IllegalArgumentException(
                    "--token-selection says how --tokentune draws tokens, but --tokentune is not given");
        }
        TokenImportance importance = selection == null ? TokenImportance.RANDOM : TokenImportance.named(selection);
        if (importance == TokenImportance.TARGETS_FIRST) {
            throw new IllegalArgumentException("--token-selection " + selection + " is for texts that a language model"
                    + " learns to continue, with frugal finetune: choose random, embedding-norm or attention-received");
        }
        return Optional.ofNullable(share).map(given -> new TokenChoice(TokenShare.parse(given), importance));
    }
}
