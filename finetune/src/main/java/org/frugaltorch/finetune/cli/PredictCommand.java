package org.frugaltorch.finetune.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.frugaltorch.finetune.classification.Predictions;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Examples;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.TableFormat;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.metrics.MetricSet;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.TensorScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code frugal predict}: classes of new texts, by a model that {@code frugal classify} saved. */
@Command(name = "predict", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Classify texts with a fine-tuned model.",
        footerHeading = "%nExample:%n",
        footer = "  frugal predict --model runs/mine/full/model --input new.tsv --text-column text --out predicted.tsv")
public final class PredictCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Fine-tuned model.")
    private Path model;

    @Option(names = "--input", required = true, paramLabel = "FILE", description = "CSV, TSV or JSON lines with a header.")
    private Path input;

    @Option(names = "--text-column", required = true, paramLabel = "NAME", description = "Column of the text.")
    private String textColumn;

    @Option(names = "--text-pair-column", paramLabel = "NAME", description = "Column of the second text of a pair.")
    private String textPairColumn;

    @Option(names = "--label-column", paramLabel = "NAME",
            description = "Column of the true class, where there is one: prints how often the model is right.")
    private String labelColumn;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "FILE",
            description = "TSV or CSV to write: index, label, probability.")
    private Path out;

    @Option(names = "--batch-size", defaultValue = "32", paramLabel = "N",
            description = "Texts at once (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Mixin
    private JsonOption json;

    @Spec
    private CommandSpec spec;

    /** Made by picocli, which fills in the options. */
    public PredictCommand() {}

    @Override
    public Integer call() {
        TableFormat format = TableFormat.of(out);
        ModelDirectory directory = ModelDirectory.open(model);
        Examples examples = Examples.read(input, textColumn, textPairColumn, labelColumn);
        LabelSet labels = LabelSet.of(directory.labels());
        int[] expected = labelColumn == null ? null : labels.ids(examples);
        ClassifierSettings settings = new ClassifierSettings(
                labels.names(), directory.pooling(), DType.FLOAT32, Device.CPU, OptionalDouble.empty());
        try (TensorScope scope = TensorScope.open();
                Tokenizer tokenizer = Tokenizer.open(model);
                SequenceClassifier classifier = directory.savedClassifier(settings)) {
            MaxLength limit = new MaxLength(directory.config().maxPositionEmbeddings(), true);
            Predictions predictions = Predictions.of(classifier, tokenizer.encodeAll(examples, limit),
                    BatchSettings.evaluation(batchSize, tokenizer.padId()));
            format.write(out, List.of("index", "label", "probability"), rows(predictions, labels));
            spec.commandLine().getOut().println("Wrote " + examples.size() + " predictions to " + out);
            if (expected != null) {
                var scores = MetricSet.named("accuracy", "macro_f1")
                        .ofClasses(expected, predictions.classes(), labels.size());
                spec.commandLine().getOut().println("Scores: " + scores);
                json.write(scores);
            }
        }
        return 0;
    }

    private static List<List<String>> rows(Predictions predictions, LabelSet labels) {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < predictions.classes().length; i++) {
            rows.add(List.of(Integer.toString(i), labels.name(predictions.classes()[i]),
                    String.format(Locale.ROOT, "%.6f", predictions.probabilities()[i])));
        }
        return rows;
    }
}
