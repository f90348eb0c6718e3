package org.frugaltorch.finetune.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.classification.ClassificationData;
import org.frugaltorch.finetune.classification.ClassifierRun;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.importer.Source;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.report.Comparison;
import org.frugaltorch.finetune.report.Comparison.Trial;
import org.frugaltorch.finetune.report.ResultTable;
import org.frugaltorch.finetune.report.RunSummary;
import org.frugaltorch.finetune.report.SummaryJson;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.io.AtomicDirectory;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.optim.LearningRateSchedule.Course;
import org.frugaltorch.tensor.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code frugal quickstart}: the whole of it on real weights and real text, in minutes. */
@Command(name = "quickstart", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Fine-tune a pretrained BERT on WordNet's 26 noun supersenses, fully and with TokenTune, and compare.",
        description = {
            "",
            "Fetches all-MiniLM-L6-v2 and WordNet once, trains twice from the same start on the same batches, prints one "
                    + "table, and writes the models, report.html and summary.json. Takes at most 8 minutes on 2 cores "
                    + "after the downloads.",
            ""})
public final class QuickstartCommand implements Callable<Integer> {
    private static final int LONGEST = 64;

    @Option(names = {"-o", "--out"}, defaultValue = "out/quickstart", paramLabel = "DIR",
            description = "Folder for all results (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--force", description = "Replace the runs of an earlier quickstart in that folder.")
    private boolean force;

    @Option(names = "--steps", defaultValue = "300", paramLabel = "N",
            description = "Optimiser steps of each method (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--batch-size", defaultValue = "64", paramLabel = "N",
            description = "Glosses a step (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(names = "--tokentune", defaultValue = "0.25", paramLabel = "SHARE",
            description = "Share of tokens that TokenTune back-propagates through (default: ${DEFAULT-VALUE}).")
    private String tokenTune;

    @Option(names = "--seed", defaultValue = "42", paramLabel = "N",
            description = "Of everything random (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public QuickstartCommand() {}

    @Override
    public Integer call() {
        List<Method> methods =
                List.of(Method.full(), Method.tokenTune(TokenShare.parse(tokenTune), TokenImportance.RANDOM));
        TrainerSettings settings = settings();
        Map<Method, RunFolder> folders = new LinkedHashMap<>();
        methods.forEach(method -> folders.put(method, new RunFolder(
                out.resolve(method.name()), false, force ? RunFolder.Existing.REPLACE : RunFolder.Existing.REFUSE)));
        folders.values().forEach(RunFolder::check);
        Path model = imported(Source.MINILM, "minilm", "config.json");
        Path corpus = imported(Source.WORDNET_SUPERSENSES, "wordnet-supersenses", "train.tsv");
        ModelDirectory directory = ModelDirectory.open(model);
        try (Tokenizer tokenizer = Tokenizer.open(model)) {
            ClassificationData data = ClassificationData.read(
                    new ClassificationData.Files(
                            corpus.resolve("train.tsv"), corpus.resolve("eval.tsv"), "text", null, "label"),
                    tokenizer, new MaxLength(LONGEST, true));
            ClassifierRun run = new ClassifierRun(directory, data, settings, new ClassifierRun.Options(
                    batchSize, tokenizer.padId(), Pooling.MEAN, DType.FLOAT32, OptionalDouble.of(0), Metric.ACCURACY));
            List<Trial> trials = new ArrayList<>();
            folders.forEach((method, folder) -> trials.add(new Trial(folder, () -> run.train(method, folder))));
            List<RunSummary> summaries = Comparison.run(trials, out, reportText(data));
            PrintWriter printed = spec.commandLine().getOut();
            printed.println(new ResultTable(summaries));
            printed.println("Models, report.html and summary.json are in " + out);
            json.write(SummaryJson.asMap(summaries));
        }
        return 0;
    }

    private TrainerSettings settings() {
        return new TrainerSettings(1, steps, 1, 3e-4, 0.01, Course.LINEAR, 0.1, 1, AdamW.Settings.DEFAULT, seed, steps, 0);
    }

    private Path imported(Source source, String name, String signature) {
        Path target = out.resolve("inputs").resolve(name);
        if (!Files.exists(target.resolve(signature))) {
            PrintWriter output = spec.commandLine().getOut();
            AtomicDirectory.write(target, directory -> source.importTo(directory, step -> {
                output.println(step + " ...");
                output.flush();
            }));
        }
        return target;
    }

    private Comparison.ReportText reportText(ClassificationData data) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("model", "all-MiniLM-L6-v2");
        settings.put("task", "WordNet noun glosses, 26 supersenses");
        settings.put("training glosses", Integer.toString(data.training().count()));
        settings.put("held-out glosses", Integer.toString(data.heldOut().count()));
        settings.put("steps", Integer.toString(steps));
        settings.put("batch size", Integer.toString(batchSize));
        return new Comparison.ReportText("FrugalTorch quickstart",
                "The same pretrained encoder, fine-tuned on the same batches from the same start. TokenTune back-propagates "
                        + "through some of the tokens only. Memory is what libtorch's allocators counted.", settings);
    }
}
