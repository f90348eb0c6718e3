package org.frugaltorch.finetune.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.classification.ClassificationData;
import org.frugaltorch.finetune.classification.ClassifierRun;
import org.frugaltorch.finetune.classification.ClassifierTraining;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.image.ImageExamples;
import org.frugaltorch.finetune.image.ImageFolder;
import org.frugaltorch.finetune.image.ImageProcessor;
import org.frugaltorch.finetune.metrics.MetricSet;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ImageLayout;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.report.HtmlReport;
import org.frugaltorch.finetune.report.ReportContent;
import org.frugaltorch.finetune.report.ResultTable;
import org.frugaltorch.finetune.report.RunSummary;
import org.frugaltorch.finetune.report.SummaryJson;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.tokentune.TokenTune;
import org.frugaltorch.finetune.tokentune.WeightedSelection;
import org.frugaltorch.finetune.train.MemoryUse;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.RunLog;
import org.frugaltorch.finetune.train.TrainingResult;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code frugal image-classify}: fine-tunes a vision model on pictures of one's own. */
@Command(name = "image-classify", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Fine-tune a vision transformer to classify pictures.",
        description = {
            "",
            "Reads folders that hold a folder of pictures a class (PNG, JPEG, GIF, BMP, TIFF), trains, and writes "
                    + "under --out the best model, the log, summary.json and report.html. With --tokentune, gradients "
                    + "flow through the class token and some patches only.",
            ""},
        footerHeading = "%nExample:%n",
        footer = {
            "  frugal image-classify --model models/vit-base --train flowers/train --eval flowers/val \\",
            "      --tokentune 0.25 --out runs/flowers"})
public final class ImageClassifyCommand implements Callable<Integer> {
    private static final MetricSet METRICS = MetricSet.named("accuracy", "macro_f1", "matthews");

    @Option(names = "--model", required = true, paramLabel = "DIR",
            description = "Pretrained model: config.json, model.safetensors, preprocessor_config.json.")
    private Path model;

    @Option(names = "--train", required = true, paramLabel = "DIR", description = "Pictures to train on.")
    private Path train;

    @Option(names = "--eval", required = true, paramLabel = "DIR", description = "Held-out pictures to judge by.")
    private Path eval;

    @Option(names = "--tokentune", paramLabel = "SHARE",
            description = "Back-propagate through some patches only: a ratio such as 0.25, or a count such as 16.")
    private String tokenTune;

    @Option(names = "--token-selection", defaultValue = "random", paramLabel = "NAME",
            description = "How TokenTune draws patches: random, embedding-norm or attention-received"
                    + " (default: ${DEFAULT-VALUE}).")
    private String tokenSelection;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "DIR", description = "Folder for all results.")
    private Path out;

    @Option(names = "--resume", description = "Go on with a run that was interrupted, from its last checkpoint.")
    private boolean resume;

    @Option(names = "--force", description = "Replace a run that --out holds already.")
    private boolean force;

    @Mixin
    private TrainingOptions training;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public ImageClassifyCommand() {}

    @Override
    public Integer call() {
        String method = tokenTune == null ? "full" : "tokentune-" + tokenTune;
        RunFolder folder = new RunFolder(out.resolve(method), true, existing());
        folder.check();
        ActivationStrategy strategy = strategy();
        ModelDirectory directory = ModelDirectory.open(model);
        ImageLayout layout = directory.config().input().image();
        if (layout == null) {
            throw new DataException(model + " is of the family " + directory.family().modelType()
                    + ", which reads text; name a vision model such as vit");
        }
        ImageProcessor processor = ImageProcessor.of(model, layout);
        ImageFolder learnt = ImageFolder.read(train, null);
        ImageFolder heldOut = ImageFolder.read(eval, learnt.classes());
        ClassificationData data = new ClassificationData(
                ImageExamples.of(processor, learnt), ImageExamples.of(processor, heldOut), learnt.classes());
        ClassifierRun.Options options = training.model(0, directory.usualPooling());
        training.applyThreads();
        TrainingResult result = new ClassifierTraining(directory,
                new ClassifierSettings(
                        learnt.classes().names(), options.pooling(), options.dtype(), Device.CPU, options.dropout()),
                data, BatchSettings.training(options.batchSize(), training.trainer().seed(), 0), METRICS,
                options.metric()).fit(method, strategy, training.trainer(), folder);
        report(summary(method, result), folder, learnt, heldOut);
        return 0;
    }

    private ActivationStrategy strategy() {
        return tokenTune == null
                ? new KeepAll()
                : new TokenTune(new WeightedSelection(
                        TokenShare.parse(tokenTune), TokenImportance.named(tokenSelection)));
    }

    private RunFolder.Existing existing() {
        if (resume && force) {
            throw new IllegalArgumentException("--resume goes on with a run and --force replaces it: give one");
        }
        return resume ? RunFolder.Existing.RESUME : force ? RunFolder.Existing.REPLACE : RunFolder.Existing.REFUSE;
    }

    private RunSummary summary(String method, TrainingResult result) {
        MemoryUse memory = result.memory();
        Map<String, Double> metrics = new LinkedHashMap<>(result.bestMetrics());
        metrics.put("secondsPerStep", result.secondsPerStep());
        metrics.put("steps", (double) result.steps());
        metrics.put("bestStep", (double) result.bestStep());
        return new RunSummary(method, result.bestMetrics().get("accuracy"), result.bestMetrics().get("macro_f1"),
                memory.peakBytes(), memory.savedActivationBytes(), memory.weightBytes(), memory.gradientBytes(),
                memory.optimizerBytes(), result.tokensPerSecond(), result.seconds(), memory.phasePeakBytes(), metrics,
                Map.of("seed", Long.toString(training.trainer().seed())));
    }

    private void report(RunSummary summary, RunFolder folder, ImageFolder learnt, ImageFolder heldOut) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("model", model.toString());
        settings.put("training pictures", train + " (" + learnt.files().size() + ")");
        settings.put("held-out pictures", eval + " (" + heldOut.files().size() + ")");
        settings.put("classes", Integer.toString(learnt.classes().size()));
        List<RunSummary> summaries = List.of(summary);
        SummaryJson.write(out.resolve("summary.json"), summaries);
        HtmlReport.write(out.resolve("report.html"), new ReportContent("Fine-tuning " + model.getFileName(),
                "Image classification, memory as libtorch's allocators counted it.", settings,
                List.of(new ReportContent.Run(summary, RunLog.read(folder.log())))));
        spec.commandLine().getOut().println(new ResultTable(summaries));
        spec.commandLine().getOut().println("Report: " + out.resolve("report.html"));
        json.write(SummaryJson.asMap(summaries));
    }
}
