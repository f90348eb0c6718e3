package org.frugaltorch.finetune.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.frugaltorch.finetune.lora.AdapterPrecision;
import org.frugaltorch.finetune.lora.LoraBias;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.Method.TokenChoice;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.quant.FourBitFormat;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.quant.QuantisationConfig;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.tensor.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The options of {@code frugal finetune} about what memory it takes; those of a method that is off are refused. */
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
            description = "How --tokentune draws them: random, embedding-norm or attention-received (default: random).")
    private String tokenSelection;

    @Option(names = "--lora",
            description = "Train an adapter of low rank and leave the model as it is.")
    private boolean lora;

    @Option(names = "--qlora",
            description = "With --lora: keep the model's matrices in four bits, quantised as they are read.")
    private boolean qlora;

    @Option(names = "--lora-r", paramLabel = "N", description = "Rank of the adapter (default: 8).")
    private Integer rank;

    @Option(names = "--lora-alpha", paramLabel = "X",
            description = "Adapters are scaled by this over the rank (default: 16).")
    private Double alpha;

    @Option(names = "--lora-dropout", paramLabel = "X",
            description = "Probability with which an adapter's input is dropped (default: 0.05).")
    private Double dropout;

    @Option(names = "--lora-target-modules", arity = "1..*", split = ",", paramLabel = "NAME",
            description = "Layers with adapters, such as q_proj v_proj, or all-linear"
                    + " (default: gate_proj down_proj up_proj).")
    private List<String> targetModules = new ArrayList<>();

    @Option(names = "--lora-dtype", paramLabel = "NAME",
            description = "Type that the adapter is kept and saved in: float32, or model, as its weights"
                    + " (default: float32). Computation is in --dtype either way.")
    private String adapterType;

    @Option(names = "--quant-type", paramLabel = "NAME",
            description = "Code book of --qlora: nf4 or fp4 (default: nf4).")
    private String quantType;

    @Option(names = "--double-quant", arity = "1", paramLabel = "true|false",
            description = "Whether --qlora quantises the scales too (default: true).")
    private Boolean doubleQuantisation;

    @Option(names = "--chunked-loss",
            description = "Compute head and loss a few tokens at a time: scores of all words never exist at once.")
    private boolean chunkedLoss;

    @Option(names = "--dtype", paramLabel = "NAME",
            description = "Type of weights and computation: float32, bfloat16, or auto: bfloat16 for weights stored in"
                    + " 16 bits, else float32 (default: auto).")
    private String dtype;

    @Option(names = "--bf16",
            description = "The same as --dtype bfloat16.")
    private boolean bfloat16;

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
    private void requireOn(boolean on, String method, String option, Object given) {
        if (given != null && !on) {
            throw complaint(option + " says how " + method + " works, but " + method + " is not given");
        }
    }

    private void requireSense() {
        if (qlora && !lora) {
            throw complaint("--qlora keeps the model in four bits, in which it cannot be trained: give --lora too");
        }
        if (compare && !tokenTune) {
            throw complaint("--compare trains with and without --tokentune, which is not given");
        }
        requireOn(tokenTune, "--tokentune", "--prefix-length", prefixLength);
        requireOn(tokenTune, "--tokentune", "--token-selection", tokenSelection);
        requireOn(lora, "--lora", "--lora-r", rank);
        requireOn(lora, "--lora", "--lora-alpha", alpha);
        requireOn(lora, "--lora", "--lora-dropout", dropout);
        requireOn(lora, "--lora", "--lora-target-modules", targetModules.isEmpty() ? null : targetModules);
        requireOn(lora, "--lora", "--lora-dtype", adapterType);
        requireOn(qlora, "--qlora", "--quant-type", quantType);
        requireOn(qlora, "--qlora", "--double-quant", doubleQuantisation);
        if (bfloat16 && dtype != null && !dtype.equals("bfloat16")) {
            throw complaint("--bf16 and --dtype " + dtype + " contradict each other: give one");
        }
        // An option that is mistyped behind a list looks like one more name.
        targetModules.stream().filter(name -> name.startsWith("-")).findFirst().ifPresent(wrong -> {
            throw new UnmatchedArgumentException(command.commandLine(), List.of(wrong));
        });
    }

    /** What was asked for; the method to report first in front. */
    List<Method> methods(ActivationPolicy policy) {
        requireSense();
        Training training = qlora ? Training.QLORA : lora ? Training.LORA : Training.FULL;
        Optional<TokenChoice> tokens = tokenTune ? Optional.of(tokens()) : Optional.empty();
        Method method = Method.of(training, tokens).under(policy);
        return compare ? List.of(method.throughAllTokens(), method) : List.of(method);
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
    AdaptedModel.Recipe recipe(ModelDirectory directory) {
        directory.quantisation().ifPresent(stored -> requireFits(directory, stored));
        DType type = type(directory);
        return new AdaptedModel.Recipe(type, adapter(), quantisation(type),
                adapterType == null ? AdapterPrecision.FLOAT32 : AdapterPrecision.named(adapterType));
    }

    private void requireFits(ModelDirectory directory, QuantisationConfig stored) {
        if (!lora) {
            throw complaint("The matrices in " + directory.path() + " are stored in four bits, in which they cannot be"
                    + " trained: give --lora, or the model that they were quantised from");
        }
        if (quantType != null || doubleQuantisation != null) {
            throw complaint("The matrices in " + directory.path() + " are stored in four bits already (" + stored
                    + "): leave out --quant-type and --double-quant");
        }
    }

    private LoraSettings adapter() {
        return new LoraSettings(rank == null ? 8 : rank, alpha == null ? 16 : alpha, dropout == null ? 0.05 : dropout,
                targetModules.isEmpty()
                        ? TargetModules.named("gate_proj", "down_proj", "up_proj")
                        : TargetModules.parse(targetModules),
                false, LoraBias.NONE, List.of());
    }

    private Quantisation quantisation(DType type) {
        return new Quantisation(quantType == null ? FourBitFormat.NF4 : FourBitFormat.named(quantType),
                doubleQuantisation == null || doubleQuantisation, type);
    }

    private DType type(ModelDirectory directory) {
        if (bfloat16) {
            return DType.BFLOAT16;
        }
        if (dtype == null || dtype.equals("auto")) {
            return directory.storedType().byteSize() < Float.BYTES ? DType.BFLOAT16 : DType.FLOAT32;
        }
        return TrainingOptions.dtype(dtype);
    }
}
