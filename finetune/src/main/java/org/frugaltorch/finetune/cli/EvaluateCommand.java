package org.frugaltorch.finetune.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.data.Examples;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.TextExample;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.instruction.LanguageScores;
import org.frugaltorch.finetune.instruction.LanguageTokens;
import org.frugaltorch.finetune.lora.LoraAdapters;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.TensorScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code frugal evaluate}: scores a model on a task that needs no training. */
@Command(name = "evaluate", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Score a decoder on texts.",
        description = {
            "",
            "The task perplexity: e to the power of the mean loss of every token of the texts, each predicted from those "
                    + "before it in its text.",
            ""},
        footerHeading = "%nExample:%n",
        footer = "  frugal evaluate --task perplexity --model models/llama --data texts.jsonl --text-column text")
public final class EvaluateCommand implements Callable<Integer> {
    /** What can be scored. */
    enum Task {
        /** How well texts are predicted. */
        PERPLEXITY
    }

    @Option(names = "--task", required = true, paramLabel = "NAME", description = "What to score: ${COMPLETION-CANDIDATES}.")
    private Task task;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Decoder with its tokenizer.")
    private Path model;

    @Mixin
    private AdapterOption adapter;

    @Option(names = "--data", required = true, paramLabel = "FILE",
            description = "CSV, TSV, JSON or JSON lines with a column of texts; or a .txt file, which is one text.")
    private Path data;

    @Option(names = "--text-column", defaultValue = "text", paramLabel = "NAME",
            description = "Column of the texts (default: ${DEFAULT-VALUE}).")
    private String textColumn;

    @Option(names = "--max-length", defaultValue = "0", paramLabel = "N",
            description = "Cut texts to this many tokens; 0: what the model has positions for (default: ${DEFAULT-VALUE}).")
    private int maxLength;

    @Option(names = "--batch-size", defaultValue = "1", paramLabel = "N",
            description = "Texts at once (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public EvaluateCommand() {}

    @Override
    public Integer call() {
        ModelDirectory directory = ModelDirectory.open(model);
        int positions = directory.config().maxPositionEmbeddings();
        MaxLength limit = new MaxLength(maxLength == 0 ? positions : maxLength, true);
        try (TensorScope scope = TensorScope.open();
                Tokenizer tokenizer = Tokenizer.open(model);
                CausalLanguageModel decoder = directory.languageModel(LanguageModelSettings.inference());
                LoraAdapters adapters = adapter.putOn(decoder)) {
            LanguageTokens texts = LanguageTokens.ofTexts(texts(), tokenizer, limit);
            LanguageScores scores = LanguageScores.of(decoder, texts, batchSize, tokenizer.padId());
            if (scores.targets() == 0) {
                throw new DataException(data + " holds no text of two tokens, so there is nothing to predict");
            }
            spec.commandLine().getOut().println("Perplexity " + Units.decimal(scores.perplexity(), 4) + ", loss "
                    + Units.decimal(scores.loss(), 4) + " over " + scores.targets() + " tokens of " + texts.size() + " texts");
            Map<String, Object> values = new LinkedHashMap<>(scores.asMap());
            values.put("targets", scores.targets());
            json.write(values);
        }
        return 0;
    }

    private List<String> texts() {
        if (data.toString().endsWith(".txt")) {
            try {
                return List.of(Files.readString(data));
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
