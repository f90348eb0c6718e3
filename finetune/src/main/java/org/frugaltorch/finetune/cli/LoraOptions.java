package org.frugaltorch.finetune.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.frugaltorch.finetune.lora.AdapterPrecision;
import org.frugaltorch.finetune.lora.LoraBias;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ClassifierDirectory;
import org.frugaltorch.finetune.model.LinearLayers;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.quant.QuantisationConfig;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The options of every command that trains adapters of low rank; those of a method that is off are refused. */
public final class LoraOptions {
    @Option(names = "--lora",
            description = "Train an adapter of low rank and leave the model as it is.")
    private boolean lora;

    @Option(names = "--qlora",
            description = "With --lora: keep the model's matrices in four bits, quantised as they are read.")
    private boolean qlora;

    @Option(names = {"--lora-r", "--lora-rank"}, paramLabel = "N", description = "Rank of the adapter (default: 8).")
    private Integer rank;

    @Option(names = "--lora-alpha", paramLabel = "X",
            description = "Adapters are scaled by this over the rank (default: 16).")
    private Double alpha;

    @Option(names = "--use-rslora", description = "Scale adapters by alpha over the root of the rank instead.")
    private boolean rankStabilised;

    @Option(names = "--lora-dropout", paramLabel = "X",
            description = "Probability with which an adapter's input is dropped (default: 0.05).")
    private Double dropout;

    @Option(names = {"--lora-target-modules", "--target-modules"}, arity = "1..*", split = ",", paramLabel = "NAME",
            description = "Layers with adapters, such as q_proj v_proj, or all-linear (default: gate_proj down_proj"
                    + " up_proj to continue text, where the model has them; else queries and values, as PEFT has it:"
                    + " query value or q_proj v_proj).")
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

    @Option(names = "--quantize", paramLabel = "NAME", description = "The same as --qlora --quant-type NAME.")
    private String quantize;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Options not given yet; picocli sets them. */
    public LoraOptions() {}

    private ParameterException complaint(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }

    /** An option that says how a method works makes no sense without it, and was meant to do something. */
    private void requireOn(boolean on, String method, String option, Object given) {
        if (given != null && !on) {
            throw complaint(option + " says how " + method + " works, but " + method + " is not given");
        }
    }

    /**
     * What is trained.
     *
     * @throws ParameterException when the options contradict one another
     */
    Training training() {
        if (qlora && !lora) {
            throw complaint("--qlora keeps the model in four bits, in which it cannot be trained: give --lora too");
        }
        boolean fourBits = qlora || quantize != null;
        requireOn(lora, "--lora", "--quantize", quantize);
        requireOn(lora, "--lora", "--lora-r", rank);
        requireOn(lora, "--lora", "--lora-alpha", alpha);
        requireOn(lora, "--lora", "--use-rslora", rankStabilised ? true : null);
        requireOn(lora, "--lora", "--lora-dropout", dropout);
        requireOn(lora, "--lora", "--lora-target-modules", targetModules.isEmpty() ? null : targetModules);
        requireOn(lora, "--lora", "--lora-dtype", adapterType);
        requireOn(fourBits, "--qlora", "--quant-type", quantType);
        requireOn(fourBits, "--qlora", "--double-quant", doubleQuantisation);
        if (quantize != null && quantType != null && !quantize.equals(quantType)) {
            throw complaint("--quantize " + quantize + " and --quant-type " + quantType + " contradict each other");
        }
        // An option that is mistyped behind a list looks like one more name.
        targetModules.stream().filter(name -> name.startsWith("-")).findFirst().ifPresent(wrong -> {
            throw new UnmatchedArgumentException(command.commandLine(), List.of(wrong));
        });
        return fourBits ? Training.QLORA : lora ? Training.LORA : Training.FULL;
    }

    /** What a classifier of texts or pictures and its adapters are made of, its new head among them. */
    AdaptedModel.Recipe forClassifier(ModelDirectory directory, DType type) {
        return forClassifier(new SequenceClassifierDirectory(directory), type);
    }

    /**
     * What a classifier and its adapters are made of, its new head among them.
     *
     * @throws IllegalArgumentException when the options do not fit the model
     */
    AdaptedModel.Recipe forClassifier(ClassifierDirectory<?> classifiers, DType type) {
        ModelDirectory directory = classifiers.directory();
        return recipe(directory, type, TargetModules.queriesAndValues(directory.family()), lora,
                LinearLayers.ofClassifier(classifiers), classifiers.head().newModules());
    }

    /**
     * What a language model and its adapters are made of.
     *
     * @param usual layers with adapters
     * @param reversible whether adapters of another kind are trained instead
     * @throws IllegalArgumentException when the options do not fit the model
     */
    AdaptedModel.Recipe forLanguageModel(
            ModelDirectory directory, DType type, TargetModules usual, boolean reversible) {
        return recipe(
                directory, type, usual, lora || reversible, LinearLayers.ofLanguageModel(directory), List.of());
    }

    private AdaptedModel.Recipe recipe(ModelDirectory directory, DType type, TargetModules usual, boolean frozen,
            Collection<String> layers, List<String> modulesToSave) {
        directory.quantisation().ifPresent(stored -> requireFits(directory, stored, frozen));
        TargetModules targets = targetModules.isEmpty() ? usual : TargetModules.parse(targetModules);
        if (lora) {
            targets.requireIn(layers);
        }
        LoraSettings settings = new LoraSettings(rank == null ? 8 : rank, alpha == null ? 16 : alpha,
                dropout == null ? 0.05 : dropout, targets, rankStabilised, LoraBias.NONE, modulesToSave);
        return new AdaptedModel.Recipe(type, Device.CPU, settings, quantisation(type),
                adapterType == null ? AdapterPrecision.FLOAT32 : AdapterPrecision.named(adapterType));
    }

    private void requireFits(ModelDirectory directory, QuantisationConfig stored, boolean frozen) {
        if (!frozen) {
            throw complaint("The matrices in " + directory.path() + " are stored in four bits, in which they cannot be"
                    + " trained: give --lora, or the model that they were quantised from");
        }
        if (quantType != null || quantize != null || doubleQuantisation != null) {
            throw complaint("The matrices in " + directory.path() + " are stored in four bits already (" + stored
                    + "): leave out " + (quantize == null ? "--quant-type" : "--quantize") + " and --double-quant");
        }
    }

    private Quantisation quantisation(DType type) {
        return Quantisation.asked(quantize == null ? quantType : quantize, doubleQuantisation, type);
    }
}
