package org.frugaltorch.finetune.cli;

import java.util.List;
import java.util.Optional;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.Method.TokenChoice;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.ModelFamily;
import org.frugaltorch.finetune.model.ParameterNames.Part;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.tensor.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code frugal finetune} about what memory it takes, adapters aside. */
@Command(optionListHeading = "%nMethod:%n")
public final class FinetuneMethodOptions {
    private static final double USUAL_PREFIX = 100;

    @Option(names = "--tokentune",
            description = "TokenTune: back-propagate through some tokens of every example only.")
    private boolean tokenTune;

    @Option(names = "--prefix-length", paramLabel = "X",
            description = "How many tokens --tokentune draws beside the first and the last: a whole number (also 1.0)"
                    + " is a count, any other a share of the example, such as 0.3 (default: 100).")
    private Double prefixLength;

    @Option(names = "--token-selection", paramLabel = "NAME",
            description = "How --tokentune draws them: random, embedding-norm, attention-received, or targets-first:"
                    + " tokens that predict the answer, then those of the prompt that other prompts lack"
                    + " (default: random).")
    private String tokenSelection;

    @Option(names = "--chunked-loss",
            description = "Compute head and loss a few tokens at a time: scores of all words never exist at once.")
    private boolean chunkedLoss;

    @Option(names = "--dtype", paramLabel = "NAME",
            description = "Type of weights and computation: float32, bfloat16, or auto: bfloat16 for weights stored in"
                    + " 16 bits, else float32 (default: auto). Adapters are kept in float32.")
    private String dtype;

    @Option(names = "--bf16",
            description = "The same as --dtype bfloat16.")
    private boolean bfloat16;

    @Mixin
    private MethodOptions method;

    @Option(names = "--compare", description = "With --tokentune: train through all tokens too, and report both.")
    private boolean compare;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Options not given yet; picocli sets them. */
    public FinetuneMethodOptions() {}

    private ParameterException complaint(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }

    /** An option that says how a method works makes no sense without it, and was meant to do something. */
    private void requireTokenTune(String option, Object given) {
        if (given != null && !tokenTune) {
            throw complaint(option + " says how --tokentune works, but --tokentune is not given");
        }
    }

    private void requireSense() {
        if (compare && !tokenTune) {
            throw complaint("--compare trains with and without --tokentune, which is not given");
        }
        requireTokenTune("--prefix-length", prefixLength);
        requireTokenTune("--token-selection", tokenSelection);
        if (bfloat16 && dtype != null && !dtype.equals("bfloat16")) {
            throw complaint("--bf16 and --dtype " + dtype + " contradict each other: give one");
        }
    }

    /** What was asked for; the method to report first in front. */
    List<Method> methods(ActivationPolicy policy, LoraOptions lora, MeftOptions reversible) {
        requireSense();
        Method chosen = method.method(
                tokenTune ? Optional.of(tokens()) : Optional.empty(), policy, lora, reversible);
        return compare ? List.of(chosen.throughAllTokens(), chosen) : List.of(chosen);
    }

    private TokenChoice tokens() {
        double length = prefixLength == null ? USUAL_PREFIX : prefixLength;
        TokenShare share = length == Math.rint(length) && length <= Integer.MAX_VALUE
                ? new TokenShare.Count((int) length)
                : new TokenShare.Ratio(length);
        return new TokenChoice(
                share, tokenSelection == null ? TokenImportance.RANDOM : TokenImportance.named(tokenSelection));
    }

    LanguageLoss loss() {
        return chunkedLoss ? LanguageLoss.CHUNKED : LanguageLoss.PLAIN;
    }

    /** What models are made of, for weights that are stored in {@code directory}. */
    AdaptedModel.Recipe recipe(ModelDirectory directory, LoraOptions lora) {
        return lora.forLanguageModel(
                directory, type(directory), usualTargets(directory.family()), method.isReversible());
    }

    /** As TokenTune's script has it, where there are such layers. */
    private static TargetModules usualTargets(ModelFamily family) {
        return family.names().has(Part.FEED_FORWARD_GATE)
                ? TargetModules.named("gate_proj", "down_proj", "up_proj")
                : TargetModules.queriesAndValues(family);
    }

    private DType type(ModelDirectory directory) {
        if (bfloat16) {
            return DType.BFLOAT16;
        }
        return DTypeOption.named(dtype == null ? DTypeOption.AUTO : dtype, directory);
    }
}
