package org.frugaltorch.finetune.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.classification.ClassificationData;
import org.frugaltorch.finetune.classification.ClassifierRun;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.report.Comparison;
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
            "Reads CSV, TSV or JSON lines with a header, trains all weights, or an adapter and the new head (--lora), "
                    + "and writes under --out: a folder a method with the best model, or adapter in PEFT's files, and "
                    + "the log, summary.json, and report.html with plots. Memory is counted by libtorch's own "
                    + "allocators, to the byte.",
            ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  frugal classify --model models/minilm --train train.tsv --eval eval.tsv \\",
            "      --text-column text --label-column label --tokentune 0.25 --out runs/mine",
            "  frugal classify --model models/bge-small --train train.tsv --eval eval.tsv \\",
            "      --text-column text --label-column label --meft 1 --learning-rate 5e-3 --out runs/reversible",
            "  frugal classify --model models/bert-base --train train.tsv --eval eval.tsv \\",
            "      --text-column text --label-column label --lora --qlora --learning-rate 5e-4 --out runs/adapter",
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

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "DIR", description = "Folder for all results.")
    private Path out;

    @Mixin
    private RunOptions runs;

    @Mixin
    private ClassifierMethodOptions method;

    @Mixin
    private LoraOptions lora;

    @Mixin
    private PolicyOptions policy;

    @Mixin
    private MeftOptions meftOptions;

    @Mixin
    private TrainingOptions training;

    @Mixin
    private ClassifierOptions classifier;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public ClassifyCommand() {}

    @Override
    public Integer call() {
        MethodRuns<Method> trials = new MethodRuns<>(
                method.methods(policy.policy(), lora, meftOptions), Method::name, runs, out);
        TrainerSettings settings = training.trainer();
        trials.check(model, train, eval);
        ModelDirectory directory = ModelDirectory.open(model);
        try (Tokenizer tokenizer = Tokenizer.open(model)) {
            ClassifierRun.Options options = classifier.model(training, tokenizer.padId(), directory);
            AdaptedModel.Recipe recipe = lora.forClassifier(directory, options.dtype());
            ClassificationData data = ClassificationData.read(
                    new ClassificationData.Files(train, eval, textColumn, textPairColumn, labelColumn),
                    tokenizer, training.maxLength(directory.config().maxPositionEmbeddings()), directory.labels());
            training.applyToEngine();
            ClassifierRun run = new ClassifierRun(directory, data, settings, options, recipe);
            trials.train(run::train, reportText(data), spec.commandLine().getOut(), json);
        }
        return 0;
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
