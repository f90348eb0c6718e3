package org.frugaltorch.finetune.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.classification.Method;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.memory.ClassifierProbe;
import org.frugaltorch.finetune.memory.StepMemory;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.report.ConsoleTable;
import org.frugaltorch.finetune.report.ConsoleTable.Align;
import org.frugaltorch.finetune.report.ConsoleTable.Column;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
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
                    + "prints what libtorch's allocators counted, beside the count by formula.",
            ""},
        footerHeading = "%nExample:%n",
        footer = "  frugal memory --config models/bge-small/config.json --batch 32 --seq 128 --methods full,tokentune-0.25")
public final class MemoryCommand implements Callable<Integer> {
    private static final String TOKEN_TUNE = "tokentune-";

    @Option(names = "--config", required = true, paramLabel = "FILE",
            description = "A model's config.json, or its directory; weights are not needed.")
    private Path config;

    @Option(names = "--methods", split = ",", defaultValue = "full,tokentune-0.25", paramLabel = "NAMES",
            description = "full and tokentune-SHARE, separated by commas (default: ${DEFAULT-VALUE}).")
    private List<String> methods;

    @Option(names = "--batch", defaultValue = "32", paramLabel = "N", description = "Sequences (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(names = "--seq", defaultValue = "128", paramLabel = "N",
            description = "Tokens a sequence (default: ${DEFAULT-VALUE}).")
    private int sequenceLength;

    @Option(names = "--dtype", defaultValue = "float32", paramLabel = "NAME",
            description = "float32 or bfloat16 (default: ${DEFAULT-VALUE}).")
    private String dtype;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public MemoryCommand() {}

    @Override
    public Integer call() {
        ModelDirectory directory = ModelDirectory.open(Files.isDirectory(config) ? config : config.toAbsolutePath().getParent());
        ClassifierSettings settings = new ClassifierSettings(List.of("0", "1"), Pooling.MEAN,
                TrainingOptions.dtype(dtype), Device.CPU, OptionalDouble.of(0));
        ClassifierProbe probe = new ClassifierProbe(batchSize, sequenceLength);
        List<StepMemory> results = new ArrayList<>();
        for (String name : methods) {
            TokenShare share = share(name);
            Method method = name.equals("full") ? Method.full() : Method.tokenTune(share, TokenImportance.RANDOM);
            results.add(probe.measure(() -> directory.randomClassifier(settings), method, share));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(table(results));
        json.write(results);
        return 0;
    }

    private static TokenShare share(String method) {
        if (method.equals("full")) {
            return new TokenShare.Ratio(1);
        }
        if (method.startsWith(TOKEN_TUNE)) {
            return TokenShare.parse(method.substring(TOKEN_TUNE.length()));
        }
        throw new IllegalArgumentException("Unknown method '" + method + "': known are full and tokentune-SHARE");
    }

    private static ConsoleTable table(List<StepMemory> results) {
        ConsoleTable table = new ConsoleTable(List.of(
                new Column("Method", Align.LEFT), new Column("Weights MiB", Align.RIGHT),
                new Column("Gradients", Align.RIGHT), new Column("Optimiser", Align.RIGHT),
                new Column("Saved act.", Align.RIGHT), new Column("of first", Align.RIGHT),
                new Column("Formula", Align.RIGHT), new Column("Peak", Align.RIGHT), new Column("of first", Align.RIGHT),
                new Column("Tokens/s", Align.RIGHT)));
        StepMemory first = results.getFirst();
        for (StepMemory result : results) {
            table.row(List.of(result.method(), Units.mib(result.weightBytes()), Units.mib(result.gradientBytes()),
                    Units.mib(result.optimizerBytes()), Units.mib(result.savedActivationBytes()),
                    Units.percent(result.savedActivationBytes(), first.savedActivationBytes()),
                    Units.mib(result.formulaBytes()), Units.mib(result.peakBytes()),
                    Units.percent(result.peakBytes(), first.peakBytes()), Units.decimal(result.tokensPerSecond(), 0)));
        }
        return table;
    }
}
