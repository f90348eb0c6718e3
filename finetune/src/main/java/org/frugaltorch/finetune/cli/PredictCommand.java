package org.frugaltorch.finetune.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.frugaltorch.finetune.classification.Scores;
import org.frugaltorch.finetune.data.Examples;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.finetune.method.TrainedClassifier;
import org.frugaltorch.finetune.metrics.MetricSet;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.service.LoadedClassifier;
import org.frugaltorch.finetune.service.ServiceSettings;
import org.frugaltorch.finetune.tagging.ConllColumns;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.TensorScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code frugal predict}: classes of new texts, by a model that {@code frugal classify} saved, or of their words, by
 * one that {@code frugal tag} saved.
 */
@Command(name = "predict", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Classify texts, or label their words, with a fine-tuned model.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  frugal predict --model runs/mine/full/model --input new.tsv --text-column text --out predicted.tsv",
            "  frugal predict --model runs/ner/full/model --input new.conll --out labelled.conll"})
public final class PredictCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Fine-tuned model.")
    private Path model;

    @Option(names = "--base", paramLabel = "DIR",
            description = "Where the pretrained model is, if --model holds adapters for one that has moved since.")
    private Path base;

    @Option(names = "--input", required = true, paramLabel = "FILE",
            description = "CSV, TSV or JSON lines with a header; for a model that labels words, CoNLL columns.")
    private Path input;

    @Option(names = "--text-column", paramLabel = "NAME",
            description = "Column of the text; needed unless the model labels words.")
    private String textColumn;

    @Option(names = "--text-pair-column", paramLabel = "NAME", description = "Column of the second text of a pair.")
    private String textPairColumn;

    @Option(names = "--token-column", paramLabel = "N",
            description = "Column of the words, counted from 1, for a model that labels words (default: 1; 2, FORM, in"
                    + " .conllu files).")
    private String tokenColumn;

    @Option(names = "--label-column", paramLabel = "NAME",
            description = "Column of the true class, where there is one: prints how often the model is right. For a"
                    + " model that labels words its number, or last.")
    private String labelColumn;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "FILE",
            description = "CSV, TSV or JSON lines to write: index (from 0, as in the input), label, probability. For a"
                    + " model that labels words, the input with a column more.")
    private Path out;

    @Option(names = "--batch-size", defaultValue = "32", paramLabel = "N",
            description = "Texts at once (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Mixin
    private DeviceOption device;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public PredictCommand() {}

    @Override
    public Integer call() {
        refuseToOverwrite();
        if (TrainedClassifier.isOfTokens(model)) {
            requireNone("labels the words of CoNLL files, so --text-column and --text-pair-column are not for it;"
                    + " --token-column says where the words are", textColumn, textPairColumn);
            TagPrediction prediction = new TagPrediction(
                    TrainedClassifier.openOfTokens(model, base), input, ConllColumns.parse(tokenColumn, labelColumn),
                    labelColumn != null, out, new ServiceSettings(base, DType.FLOAT32, device.device(), batchSize));
            json.write(prediction.run(spec.commandLine().getOut()));
        } else {
            requireNone("classifies whole texts, so --token-column is not for it; --text-column says where they are",
                    tokenColumn);
            classify();
        }
        return 0;
    }

    private void refuseToOverwrite() {
        try {
            if (Files.exists(out) && Files.exists(input) && Files.isSameFile(input, out)) {
                throw new DataException("--out " + out + " is the file that is read; name another one");
            }
        } catch (IOException failure) {
            throw DataException.unreadable(input, failure);
        }
    }

    /** Options for models of another kind would be ignored without a word. */
    private void requireNone(String otherwise, Object... options) {
        if (Stream.of(options).anyMatch(Objects::nonNull)) {
            throw new ParameterException(spec.commandLine(), "The model in " + model + ' ' + otherwise);
        }
    }

    private void classify() {
        if (textColumn == null) {
            throw new ParameterException(spec.commandLine(), "Missing required option: '--text-column=NAME'");
        }
        PredictionFile file = PredictionFile.of(out);
        TrainedClassifier<SequenceClassifier> trained = TrainedClassifier.open(model, base).requireClasses();
        Examples examples = Examples.read(input, textColumn, textPairColumn, labelColumn);
        LabelSet labels = LabelSet.of(trained.labels());
        int[] expected = labelColumn == null ? null : labels.ids(examples);
        try (TensorScope scope = TensorScope.open();
                LoadedClassifier<SequenceClassifier> loaded = LoadedClassifier.load(
                        trained, new ServiceSettings(base, DType.FLOAT32, device.device(), batchSize))) {
            long start = System.nanoTime();
            Scores scores = Scores.of(loaded.classifier().model(), loaded.classifier().evaluation(),
                    loaded.tokenizer().encodeAll(examples, loaded.limit()), loaded.batching());
            double seconds = (System.nanoTime() - start) / 1e9;
            file.write(scores, labels);
            spec.commandLine().getOut().println("Wrote " + examples.size() + " predictions to " + out);
            Map<String, Double> measured = new LinkedHashMap<>();
            if (expected != null) {
                measured.putAll(MetricSet.named("accuracy", "macro_f1")
                        .ofClasses(expected, scores.classes(), labels.size()));
                spec.commandLine().getOut().println("Scores: " + measured);
            }
            measured.put("examples", (double) examples.size());
            measured.put("seconds", seconds);
            json.write(measured);
        }
    }
}
