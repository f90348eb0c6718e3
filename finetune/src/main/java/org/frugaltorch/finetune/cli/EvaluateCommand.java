package org.frugaltorch.finetune.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Examples;
import org.frugaltorch.finetune.data.TextExample;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.evaluation.ChoiceTask;
import org.frugaltorch.finetune.instruction.LanguageScores;
import org.frugaltorch.finetune.instruction.LanguageTokens;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.pretraining.PlainTexts;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.TensorScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code frugal evaluate}: scores a model on a task that needs no training. */
@Command(name = "evaluate", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Score a decoder on texts, or on questions with answers to choose from.",
        description = {
            "",
            "The task perplexity: e to the power of the mean loss of every token of the texts, each predicted from "
                    + "those before it in its text.",
            "",
            "The tasks arc (also arc_easy and arc_challenge), openbookqa, piqa, sciq, hellaswag, winogrande, mmlu and "
                    + "truthfulqa take the JSON in which those sets are published, word their questions as EleutherAI's "
                    + "evaluation harness does, and let the model choose the answer it finds likeliest: as it is (acc), by the letter (acc_norm) or by the byte "
                    + "(acc_bytes); mc2 is the share of the right answers in the probability of all. The task choices "
                    + "does the same for lines like",
            "  @|bold {\"context\": \"Two and two is\", \"choices\": [\"four\", \"five\"], \"answer\": 0}|@",
            "",
            "The harness puts a text before the questions of MMLU and of TruthfulQA; hand it over with --preamble.",
            ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  frugal evaluate --task perplexity --model models/llama --data texts.jsonl --text-column text",
            "  frugal evaluate --task arc --model models/llama --data ARC-Challenge-Test.jsonl \\",
            "      --shots 25 --shot-data ARC-Challenge-Train.jsonl"})
public final class EvaluateCommand implements Callable<Integer> {
    private static final List<String> TEXT_OPTIONS =
            List.of("--text-column", "--line-by-line", "--max-length", "--stride", "--batch-size");

    /** What can be scored. */
    enum Task {
        /** How well texts are predicted. */
        PERPLEXITY,
        /** {@link ChoiceTask#ARC}. */
        ARC,
        /** {@link ChoiceTask#ARC_EASY}. */
        ARC_EASY,
        /** {@link ChoiceTask#ARC_CHALLENGE}. */
        ARC_CHALLENGE,
        /** {@link ChoiceTask#OPENBOOKQA}. */
        OPENBOOKQA,
        /** {@link ChoiceTask#PIQA}. */
        PIQA,
        /** {@link ChoiceTask#SCIQ}. */
        SCIQ,
        /** {@link ChoiceTask#HELLASWAG}. */
        HELLASWAG,
        /** {@link ChoiceTask#WINOGRANDE}. */
        WINOGRANDE,
        /** {@link ChoiceTask#MMLU}. */
        MMLU,
        /** {@link ChoiceTask#TRUTHFULQA}. */
        TRUTHFULQA,
        /** {@link ChoiceTask#CHOICES}. */
        CHOICES;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(names = "--task", required = true, paramLabel = "NAME",
            description = "What to score: ${COMPLETION-CANDIDATES}.")
    private Task task;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Decoder with its tokenizer.")
    private Path model;

    @Mixin
    private DecoderOptions decoding;

    @Option(names = "--data", required = true, paramLabel = "FILE",
            description = "For perplexity CSV, TSV, JSON or JSON lines with a column of texts, or a .txt file, which is"
                    + " one text; else JSON lines of questions.")
    private Path data;

    @Option(names = "--text-column", defaultValue = "text", paramLabel = "NAME",
            description = "Column of the texts (default: ${DEFAULT-VALUE}).")
    private String textColumn;

    @Option(names = "--line-by-line", description = "A .txt file holds a text a line, rather than one text.")
    private boolean lineByLine;

    @Option(names = "--max-length", defaultValue = "0", paramLabel = "N",
            description = "Longest window of tokens that a text is read in; 0: what the model has positions for"
                    + " (default: ${DEFAULT-VALUE}).")
    private int maxLength;

    @Option(names = "--stride", defaultValue = "0", paramLabel = "N",
            description = "Tokens that each window of a longer text begins after the one before; fewer give every token more"
                    + " to be predicted from and take longer; 0: nearly a window (default: ${DEFAULT-VALUE}).")
    private int stride;

    @Option(names = "--batch-size", defaultValue = "1", paramLabel = "N",
            description = "Texts at once (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Mixin
    private ChoiceOptions choices;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public EvaluateCommand() {}

    @Override
    public Integer call() {
        if (task == Task.PERPLEXITY) {
            refuse("is for tasks of questions, not for perplexity", ChoiceOptions.NAMES);
        } else {
            refuse("is for the task perplexity, not for " + task, TEXT_OPTIONS);
        }
        ModelDirectory directory = ModelDirectory.open(model);
        int positions = directory.config().maxPositionEmbeddings();
        int longest = maxLength == 0 ? positions : maxLength;
        if (longest < 2 || longest > positions) {
            throw new IllegalArgumentException("--max-length must be between 2 and the " + positions
                    + " positions that the model has, not " + longest);
        }
        ChoiceOptions.Questions questions =
                task == Task.PERPLEXITY ? null : choices.read(ChoiceTask.named(task.toString()), data);
        try (TensorScope scope = TensorScope.open();
                Tokenizer tokenizer = Tokenizer.open(model);
                AdaptedModel decoder = decoding.load(directory)) {
            json.write(task == Task.PERPLEXITY
                    ? perplexity(decoder, tokenizer, longest)
                    : choices.evaluate(questions, decoder, tokenizer, spec.commandLine().getOut()));
        }
        return 0;
    }

    /** Options of the other kind of task would be ignored without a word. */
    private void refuse(String reason, List<String> options) {
        options.stream().filter(spec.commandLine().getParseResult()::hasMatchedOption).findFirst().ifPresent(option -> {
            throw new ParameterException(spec.commandLine(), option + " " + reason);
        });
    }

    private Map<String, Object> perplexity(AdaptedModel decoder, Tokenizer tokenizer, int longest) {
        List<String> texts = texts();
        LanguageTokens windows =
                LanguageTokens.windows(texts, tokenizer, longest, stride == 0 ? longest - 1 : stride);
        LanguageScores scores = LanguageScores.of(decoder.model(), decoder.evaluation(), LanguageLoss.PLAIN, windows,
                BatchSettings.evaluation(batchSize, tokenizer.padId()));
        if (scores.targets() == 0) {
            throw new DataException(data + " holds no text of two tokens, so there is nothing to predict");
        }
        spec.commandLine().getOut().println("Perplexity " + Units.decimal(scores.perplexity(), 4) + ", loss "
                + Units.decimal(scores.loss(), 4) + " over " + scores.targets() + " tokens of " + texts.size()
                + " texts" + (windows.size() > texts.size() ? ", read in " + windows.size() + " windows" : ""));
        Map<String, Object> values = new LinkedHashMap<>(scores.asMap());
        values.put("targets", scores.targets());
        return values;
    }

    private List<String> texts() {
        if (data.toString().endsWith(".txt")) {
            try {
                return lineByLine ? PlainTexts.read(data, textColumn) : List.of(Files.readString(data));
            } catch (IOException failure) {
                throw DataException.unreadable(data, failure);
            }
        }
        List<String> texts = new ArrayList<>();
        for (TextExample example : Examples.read(data, textColumn, null, null).rows()) {
            texts.add(example.text());
        }
        return texts;
    }
}
