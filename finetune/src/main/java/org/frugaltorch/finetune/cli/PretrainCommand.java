package org.frugaltorch.finetune.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.data.BytePairTrainer;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.instruction.LanguageTokens;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.pretraining.ModelShape;
import org.frugaltorch.finetune.pretraining.PlainTexts;
import org.frugaltorch.finetune.pretraining.PretrainingRun;
import org.frugaltorch.finetune.pretraining.TextRows;
import org.frugaltorch.finetune.report.Comparison;
import org.frugaltorch.finetune.report.Comparison.ReportText;
import org.frugaltorch.finetune.report.Comparison.Trial;
import org.frugaltorch.finetune.report.ResultTable;
import org.frugaltorch.finetune.report.RunSummary;
import org.frugaltorch.finetune.report.SummaryJson;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.io.AtomicDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code frugal pretrain}: trains a small decoder from scratch on plain text. */
@Command(name = "pretrain", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Train a small decoder from scratch on plain text.",
        description = {
            "",
            "Weights are drawn at random in the shape of a config.json. Without a tokenizer, one is learnt from the "
                    + "training texts: byte pairs, as many as the configuration's vocab_size. Under --out are the best "
                    + "model with its tokenizer, which every other command loads, the log, summary.json, and "
                    + "report.html with plots.",
            ""},
        footerHeading = "%nExample:%n",
        footer = {
            "  frugal import wordnet-glosses --out data/glosses",
            "  frugal pretrain --config tiny-llama --train data/glosses/train.txt --eval data/glosses/eval.txt \\",
            "      --out runs/tiny-llama",
            "  frugal generate --model runs/tiny-llama/model --prompt 'sparrow (noun):'"})
public final class PretrainCommand implements Callable<Integer> {
    private static final String TOKENIZER = "tokenizer";

    @Option(names = "--config", defaultValue = "tiny-llama", paramLabel = "FILE",
            description = "Shape of the model: a config.json, or tiny-llama, a Llama of 10 M parameters"
                    + " (default: ${DEFAULT-VALUE}).")
    private String config;

    @Option(names = "--tokenizer", paramLabel = "DIR",
            description = "Directory with tokenizer.json or vocab.txt; without it, a tokenizer is learnt.")
    private Path tokenizerDirectory;

    @Option(names = "--train", required = true, paramLabel = "FILE",
            description = "Texts to learn: a .txt file of one text a line, or JSON lines, JSON, CSV or TSV.")
    private Path train;

    @Option(names = "--eval", required = true, paramLabel = "FILE", description = "Held-out texts to judge by.")
    private Path eval;

    @Option(names = "--text-column", defaultValue = "text", paramLabel = "NAME",
            description = "Column of the texts, for all but .txt files (default: ${DEFAULT-VALUE}).")
    private String textColumn;

    @Option(names = "--max-length", defaultValue = "0", paramLabel = "N",
            description = "Most tokens a row; longer texts go on in the next one. 0: what the model has positions for"
                    + " (default: ${DEFAULT-VALUE}).")
    private int maxLength;

    @Option(names = "--separate",
            description = "Give every text rows of its own. Without it, rows are filled with text after text: no"
                    + " padding, and the same memory every step.")
    private boolean separate;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "DIR", description = "Folder for all results.")
    private Path out;

    @Option(names = "--chunked-loss",
            description = "Compute head and loss a few tokens at a time: scores of all words never exist at once.")
    private boolean chunkedLoss;

    @Mixin
    private PolicyOptions policy;

    @Mixin
    private PretrainingOptions training;

    @Mixin
    private RunOptions runs;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public PretrainCommand() {}

    @Override
    public Integer call() {
        TrainerSettings settings = training.trainer();
        PretrainingRun.Options options = new PretrainingRun.Options(
                training.batchSize(), training.dtype(), training.device(), policy.policy(),
                chunkedLoss ? LanguageLoss.CHUNKED : LanguageLoss.PLAIN);
        RunFolder folder = runs.folder(out);
        folder.check(tokenizerDirectory);
        ModelShape shape = ModelShape.named(config);
        List<String> texts = PlainTexts.read(train, textColumn);
        List<String> heldOutTexts = PlainTexts.read(eval, textColumn);
        Path tokenizerAt = tokenizerDirectory == null ? learnt(texts, shape, folder) : tokenizerDirectory;
        try (Tokenizer tokenizer = Tokenizer.open(tokenizerAt)) {
            ModelDirectory model = shape.with(tokenizerAt, tokenizer);
            TextRows rows = rows(model.config().maxPositionEmbeddings());
            training.applyToEngine();
            train(new PretrainingRun(
                    model, rows.of(texts, tokenizer), rows.of(heldOutTexts, tokenizer), settings, options), folder);
        }
        return 0;
    }

    /** The tokenizer of a run that is resumed, else a new one. */
    private Path learnt(List<String> texts, ModelShape shape, RunFolder folder) {
        Path directory = out.resolve(TOKENIZER);
        if (folder.existing() != RunFolder.Existing.RESUME || !Files.isDirectory(directory)) {
            PrintWriter output = spec.commandLine().getOut();
            output.println("Learning a vocabulary of " + shape.vocabularySize() + " tokens ...");
            output.flush();
            AtomicDirectory.write(directory, BytePairTrainer.learn(texts, shape.vocabularySize())::write);
        }
        return directory;
    }

    private TextRows rows(int positions) {
        if (maxLength > positions) {
            throw new IllegalArgumentException("--max-length " + maxLength + " is more than the " + positions
                    + " positions that the model has");
        }
        return new TextRows(maxLength == 0 ? positions : maxLength, !separate);
    }

    private void train(PretrainingRun run, RunFolder folder) {
        List<RunSummary> summaries =
                Comparison.run(List.of(new Trial(folder, () -> run.train(folder))), out, reportText(run));
        PrintWriter output = spec.commandLine().getOut();
        output.println(new ResultTable(summaries));
        output.println("Model: " + folder.model());
        output.println("Report: " + Comparison.report(out));
        json.write(SummaryJson.asMap(summaries));
    }

    private ReportText reportText(PretrainingRun run) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("shape", config);
        settings.put("tokenizer",
                tokenizerDirectory == null ? "learnt from the training texts" : tokenizerDirectory.toString());
        settings.put("vocabulary", Integer.toString(run.shape().config().vocabSize()));
        settings.put("training texts", train + " (" + described(run.training()) + ")");
        settings.put("held-out texts", eval + " (" + described(run.heldOut()) + ")");
        return new ReportText("Training " + config + " from scratch",
                "Next-token prediction, memory as libtorch's allocators counted it.", settings);
    }

    private static String described(LanguageTokens rows) {
        return rows.size() + " rows, " + rows.encodings().stream().mapToLong(Encoding::length).sum() + " tokens";
    }
}
