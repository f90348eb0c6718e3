package org.frugaltorch.finetune.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.memory.ClassifierProbe;
import org.frugaltorch.finetune.memory.LanguageModelProbe;
import org.frugaltorch.finetune.memory.LanguageVariant;
import org.frugaltorch.finetune.memory.StepMemory;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code frugal memory}: what a training step takes, before one pays for it. */
@Command(name = "memory", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Measure the memory of a real training step, method by method.",
        description = {
            "",
            "Builds the model that a config.json describes, with random weights, takes training steps on made-up tokens, and "
                    + "prints what libtorch's allocators counted, saved activations beside their count by formula.",
            ""},
        footerHeading = "%nExample:%n",
        footer = {
            "  frugal memory --config models/bge-small --batch 32 --seq 128 \\",
            "      --methods full,lora,tokentune-0.25,meft1,meft1+tokentune-0.25",
            "  frugal memory --config llama/config.json --batch 1 --seq 1024 --dtype bfloat16 \\",
            "      --methods full,lora,qlora,qlora+tokentune-0.3 --recompute --chunked-loss"})
public final class MemoryCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE",
            description = "A model's config.json, or its directory; weights are not needed.")
    private Path config;

    @Option(names = "--methods", split = ",", defaultValue = "full,tokentune-0.25", paramLabel = "NAMES",
            description = "full, tokentune-SHARE, lora and qlora, separated by commas, also as in qlora+tokentune-0.3; for"
                    + " classifiers also meft1, meft2 and meft3, alone or as in meft1+tokentune-0.25"
                    + " (default: ${DEFAULT-VALUE}).")
    private List<String> methods;

    @Option(names = "--batch", defaultValue = "32", paramLabel = "N", description = "Sequences (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(names = "--seq", defaultValue = "128", paramLabel = "N",
            description = "Tokens a sequence (default: ${DEFAULT-VALUE}).")
    private int sequenceLength;

    @Option(names = "--dtype", defaultValue = "float32", paramLabel = "NAME",
            description = "float32 or bfloat16 (default: ${DEFAULT-VALUE}).")
    private String dtype;

    @Option(names = "--warmup-steps", defaultValue = "1", paramLabel = "N",
            description = "Steps before the one that is measured; without any, only tokens/s are lower"
                    + " (default: ${DEFAULT-VALUE}).")
    private int warmUpSteps;

    @Mixin
    private LanguageMemoryOptions language;

    @Mixin
    private MeftOptions meft;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public MemoryCommand() {}

    @Override
    public Integer call() {
        ModelDirectory directory = Files.isDirectory(config) ? ModelDirectory.open(config) : ModelDirectory.ofConfig(config);
        DType type = TrainingOptions.dtype(dtype);
        List<StepMemory> results =
                directory.config().layout().causal() ? languageModel(directory, type) : classifier(directory, type);
        PrintWriter out = spec.commandLine().getOut();
        out.println(MemoryTable.of(results));
        json.write(results);
        return 0;
    }

    private List<StepMemory> languageModel(ModelDirectory directory, DType type) {
        LanguageModelProbe probe =
                new LanguageModelProbe(directory, type, language.lora(), batchSize, sequenceLength, warmUpSteps);
        List<StepMemory> results = new ArrayList<>();
        for (LanguageVariant variant : language.variants(methods)) {
            results.add(probe.measure(variant));
            report(results.getLast());
        }
        return results;
    }

    private List<StepMemory> classifier(ModelDirectory directory, DType type) {
        if (language.hasVariants()) {
            throw new IllegalArgumentException("--lean, --recompute, --chunked-loss and " + UpdateOption.NAME
                    + " are for models that continue text, and " + directory.config().modelType() + " is none");
        }
        ClassifierSettings settings = new ClassifierSettings(
                List.of("0", "1"), Pooling.MEAN, type, Device.CPU, OptionalDouble.of(0));
        ClassifierProbe probe = new ClassifierProbe(batchSize, sequenceLength, warmUpSteps);
        LoraSettings lora = language.lora();
        LoraSettings withHead = new LoraSettings(lora.rank(), lora.alpha(), lora.dropout(), lora.targetModules(),
                lora.rankStabilised(), lora.bias(), directory.classifierModules());
        List<Method> read = methods.stream().map(name -> Method.named(name, meft::recipe)).toList();
        List<StepMemory> results = new ArrayList<>();
        for (Method method : read) {
            results.add(probe.measure(
                    treatment -> directory.randomClassifier(settings, treatment), method, withHead));
            report(results.getLast());
        }
        return results;
    }

    /** A model of billions of weights takes its time, so each result is told at once. */
    private void report(StepMemory result) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(MemoryTable.name(result) + ": peak " + Units.mib(result.peakBytes()) + " MiB");
        err.flush();
    }
}
