package org.frugaltorch.finetune.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.memory.ClassifierProbe;
import org.frugaltorch.finetune.memory.LanguageModelProbe;
import org.frugaltorch.finetune.memory.StepMemory;
import org.frugaltorch.finetune.memory.StepVariant;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ImageLayout;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.tensor.DType;
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
            "",
            "A decoder is measured as it learns to continue text; an encoder, or a model whose architecture is one for "
                    + "classification, as it learns to classify.",
            ""},
        footerHeading = "%nExample:%n",
        footer = {
            "  frugal memory --config models/bge-small --batch 32 --seq 128 \\",
            "      --methods full,lora,tokentune-0.25,meft1,meft1+tokentune-0.25 --recompute",
            "  frugal memory --config llama/config.json --batch 1 --seq 1024 --dtype bfloat16 \\",
            "      --methods full,lora,qlora,qlora+tokentune-0.3 --recompute --chunked-loss"})
public final class MemoryCommand implements Callable<Integer> {
    private static final int USUAL_LENGTH = 128;

    @Option(names = "--config", required = true, paramLabel = "FILE",
            description = "A model's config.json, or its directory; weights are not needed.")
    private Path config;

    @Option(names = "--methods", split = ",", defaultValue = "full,tokentune-0.25", paramLabel = "NAMES",
            description = "full, tokentune-SHARE, lora and qlora, separated by commas, also as in qlora+tokentune-0.3;"
                    + " meft1, meft2 and meft3, alone or as in meft1+tokentune-0.25"
                    + " (default: ${DEFAULT-VALUE}).")
    private List<String> methods;

    @Option(names = "--batch", defaultValue = "32", paramLabel = "N", description = "Sequences (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(names = "--seq", paramLabel = "N",
            description = "Tokens a sequence (default: 128; pictures are as many tokens as they have patches).")
    private Integer sequenceLength;

    @Option(names = "--pooling", paramLabel = "NAME",
            description = "How a classifier makes one vector of token states, which decides what its last block computes: mean,"
                    + " cls, last or selected-mean (default: what classify takes).")
    private String pooling;

    @Option(names = "--dtype", defaultValue = "float32", paramLabel = "NAME",
            description = "float32 or bfloat16 (default: ${DEFAULT-VALUE}).")
    private String dtype;

    @Option(names = "--warmup-steps", defaultValue = "1", paramLabel = "N",
            description = "Steps before the one that is measured; without any, only tokens/s are lower"
                    + " (default: ${DEFAULT-VALUE}).")
    private int warmUpSteps;

    @Mixin
    private DeviceOption device;

    @Mixin
    private StepVariantOptions variants;

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
        DType type = DTypeOption.named(dtype);
        List<StepMemory> results =
                directory.isClassifier() ? classifier(directory, type) : languageModel(directory, type);
        PrintWriter out = spec.commandLine().getOut();
        out.println(MemoryTable.of(results));
        json.write(results);
        return 0;
    }

    private List<StepMemory> languageModel(ModelDirectory directory, DType type) {
        if (pooling != null) {
            throw new IllegalArgumentException("--pooling is for classifiers, and " + directory.config().modelType()
                    + " is measured as it learns to continue text");
        }
        LanguageModelProbe probe = new LanguageModelProbe(
                directory, type, device.device(), variants.lora(), batchSize, length(directory), warmUpSteps);
        return measured(read(), probe::measure);
    }

    private List<StepMemory> classifier(ModelDirectory directory, DType type) {
        if (variants.chunkedLoss()) {
            throw new IllegalArgumentException("--chunked-loss is for models that continue text, and "
                    + directory.config().modelType() + " is measured as a classifier");
        }
        ClassifierSettings settings = new ClassifierSettings(
                List.of("0", "1"), pooling == null ? directory.usualPooling() : Pooling.named(pooling), type,
                device.device(), OptionalDouble.of(0));
        ClassifierProbe probe = new ClassifierProbe(batchSize, length(directory), warmUpSteps);
        LoraSettings lora = variants.lora();
        LoraSettings withHead = new LoraSettings(lora.rank(), lora.alpha(), lora.dropout(), lora.targetModules(),
                lora.rankStabilised(), lora.bias(), directory.classifierModules());
        AdaptedModel.Recipe recipe =
                new AdaptedModel.Recipe(type, withHead, Quantisation.QLORA.computedIn(type));
        return measured(read(),
                variant -> probe.measure(
                        treatment -> new SequenceClassifierDirectory(directory).random(settings, treatment), variant,
                        recipe));
    }

    private List<Method> read() {
        return methods.stream().map(name -> Method.named(name, meft::recipe)).toList();
    }

    /** Tokens a sequence; pictures are as many as their patches and one. */
    private int length(ModelDirectory directory) {
        ImageLayout layout = directory.config().input().image();
        if (layout == null) {
            return sequenceLength == null ? USUAL_LENGTH : sequenceLength;
        }
        if (sequenceLength != null) {
            throw new IllegalArgumentException("--seq is for texts, but " + directory.config().modelType()
                    + " looks at pictures, each of which is " + (1 + layout.patches()) + " tokens: leave it out");
        }
        return 1 + layout.patches();
    }

    private List<StepMemory> measured(List<Method> read, Function<StepVariant, StepMemory> probe) {
        List<StepMemory> results = new ArrayList<>();
        for (StepVariant variant : variants.variants(read)) {
            results.add(probe.apply(variant));
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
