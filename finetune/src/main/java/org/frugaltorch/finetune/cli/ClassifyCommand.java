package org.frugaltorch.finetune.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.classification.ClassificationData;
import org.frugaltorch.finetune.classification.ClassifierRun;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.Method.TokenChoice;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.report.Comparison;
import org.frugaltorch.finetune.report.Comparison.Trial;
import org.frugaltorch.finetune.report.ResultTable;
import org.frugaltorch.finetune.report.RunSummary;
import org.frugaltorch.finetune.report.SummaryJson;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.TrainerSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code frugal classify}: fine-tunes an encoder on labelled text of one's own. */
@Command(name = "classify", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Fine-tune an encoder to classify texts, or pairs of texts.",
        description = {
            "",
            "Reads CSV, TSV or JSON lines with a header, trains, and writes under --out: a folder a method with the best "
                    + "model and the log, summary.json, and report.html with plots. Memory is counted by libtorch's own "
                    + "allocators, to the byte.",
            ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  frugal classify --model models/minilm --train train.tsv --eval eval.tsv \\",
            "      --text-column text --label-column label --tokentune 0.25 --out runs/mine",
            "  frugal classify --model models/bge-small --train train.tsv --eval eval.tsv \\",
            "      --text-column text --label-column label --meft 1 --learning-rate 5e-4 --out runs/reversible",
            "  frugal predict --model runs/mine/tokentune-0.25/model --input new.tsv --text-column text"})
public final class ClassifyCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "DIR",
            description = "Pretrained model: config.json, model.safetensors, tokenizer.json or vocab.txt.")
    private Path model;

    @Option(names = "--train", required = true, paramLabel = "FILE", description = "Examples to train on.")
    private Path train;

    @Option(names = "--eval", required = true, paramLabel = "FILE", description = "Held-out examples to judge by.")
    private Path eval;

    @Option(names = "--text-column", required = true, paramLabel = "NAME", description = "Column of the text.")
    private String textColumn;

    @Option(names = "--text-pair-column", paramLabel = "NAME", description = "Column of the second text of a pair.")
    private String textPairColumn;

    @Option(names = "--label-column", required = true, paramLabel = "NAME", description = "Column of the class.")
    private String labelColumn;

    @Option(names = "--tokentune", paramLabel = "SHARE",
            description = "Back-propagate through some tokens only: a ratio such as 0.25, or a count such as 16.")
    private String tokenTune;

    @Option(names = "--token-selection", defaultValue = "random", paramLabel = "NAME",
            description = "How TokenTune draws tokens: random, embedding-norm or attention-received"
                    + " (default: ${DEFAULT-VALUE}).")
    private String tokenSelection;

    @Option(names = "--meft", paramLabel = "1|2|3",
            description = "Make the model reversible by MEFT1, MEFT2 or MEFT3: frozen but for small adapters, its activations"
                    + " computed back instead of kept. Wants a learning rate of about 5e-4. Goes with --tokentune.")
    private Integer meft;

    @Option(names = "--compare", description = "With --tokentune or --meft: fine-tune fully too, and report both.")
    private boolean compare;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "DIR", description = "Folder for all results.")
    private Path out;

    @Mixin
    private RunOptions runs;

    @Mixin
    private PolicyOptions policy;

    @Mixin
    private MeftOptions meftOptions;

    @Mixin
    private TrainingOptions training;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public ClassifyCommand() {}

    @Override
    public Integer call() {
        Map<Method, RunFolder> folders = new LinkedHashMap<>();
        methods().forEach(method -> folders.put(method, runs.folder(out.resolve(method.name()))));
        TrainerSettings settings = training.trainer();
        folders.values().forEach(RunFolder::check);
        ModelDirectory directory = ModelDirectory.open(model);
        try (Tokenizer tokenizer = Tokenizer.open(model)) {
            ClassifierRun.Options options = training.model(tokenizer.padId(), directory.usualPooling());
            ClassificationData data = ClassificationData.read(
                    new ClassificationData.Files(train, eval, textColumn, textPairColumn, labelColumn),
                    tokenizer, training.maxLength(directory.config().maxPositionEmbeddings()));
            training.applyThreads();
            ClassifierRun run = new ClassifierRun(directory, data, settings, options);
            List<Trial> trials = new ArrayList<>();
            folders.forEach((method, folder) -> trials.add(new Trial(folder, () -> run.train(method, folder))));
            List<RunSummary> summaries = Comparison.run(trials, out, reportText(data));
            spec.commandLine().getOut().println(new ResultTable(summaries));
            spec.commandLine().getOut().println("Report: " + Comparison.report(out));
            json.write(SummaryJson.asMap(summaries));
        }
        return 0;
    }

    private List<Method> methods() {
        return meftOptions.methods(Optional.ofNullable(meft), Optional.ofNullable(tokenTune)
                        .map(share -> new TokenChoice(TokenShare.parse(share), TokenImportance.named(tokenSelection))), compare)
                .stream().map(method -> method.under(policy.policy())).toList();
    }

    private Comparison.ReportText reportText(ClassificationData data) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("model", model.toString());
        settings.put("training examples", train + " (" + data.training().encodings().size() + ")");
        settings.put("held-out examples", eval + " (" + data.heldOut().encodings().size() + ")");
        settings.put("classes", Integer.toString(data.labels().size()));
        return new Comparison.ReportText("Fine-tuning " + model.getFileName(),
                "Text classification, memory as libtorch's allocators counted it.", settings);
    }
}
