package org.frugaltorch.finetune.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.method.TrainedClassifier;
import org.frugaltorch.finetune.metrics.EntityScores;
import org.frugaltorch.finetune.model.TokenClassifier;
import org.frugaltorch.finetune.report.ConsoleTable;
import org.frugaltorch.finetune.report.ConsoleTable.Align;
import org.frugaltorch.finetune.service.LoadedClassifier;
import org.frugaltorch.finetune.service.ServiceSettings;
import org.frugaltorch.finetune.tagging.ConllColumns;
import org.frugaltorch.finetune.tagging.ConllFile;
import org.frugaltorch.finetune.tagging.TagPredictions;
import org.frugaltorch.finetune.tagging.TagScheme;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.tensor.TensorScope;

/**
 * Labels the words of a file by a model that {@code frugal tag} saved.
 *
 * @param trained the model
 * @param columns of the file
 * @param labelled whether the file has true labels to compare with
 * @param out the file with a column more
 * @param settings by which the model is run
 */
record TagPrediction(
        TrainedClassifier<TokenClassifier> trained, Path input, ConllColumns columns, boolean labelled, Path out,
        ServiceSettings settings) {
    private static final int DECIMALS = 4;

    /**
     * Writes the file.
     *
     * @return what was measured, by name
     */
    Map<String, Double> run(PrintWriter console) {
        LabelSet labels = LabelSet.of(trained.labels());
        ConllFile file = labelled ? ConllFile.read(input, columns) : ConllFile.readWords(input, columns);
        file.requireKnown(labels);
        Map<String, Double> measured = new LinkedHashMap<>();
        try (TensorScope scope = TensorScope.open();
                LoadedClassifier<TokenClassifier> loaded = LoadedClassifier.load(trained, settings)) {
            long start = System.nanoTime();
            TagPredictions predictions = TagPredictions.of(loaded.classifier(), labels, file.texts(), loaded.tokenizer(),
                    loaded.limit(), loaded.batchSize());
            double seconds = (System.nanoTime() - start) / 1e9;
            AtomicFiles.writeString(out, file.withColumn(predictions.names()));
            console.println("Wrote " + Units.count(file.words(), "word") + " with their labels to " + out);
            if (labelled) {
                measured.putAll(scores(file, predictions, TagScheme.ofLabels(labels.names()), console));
            }
            measured.put("sentences", (double) file.sentences().size());
            measured.put("words", (double) file.words());
            measured.put("seconds", seconds);
        }
        return measured;
    }

    private static Map<String, Double> scores(
            ConllFile file, TagPredictions predictions, TagScheme scheme, PrintWriter console) {
        if (scheme.marksEntities()) {
            console.println(table(EntityScores.of(file.labels(), predictions.names())));
        }
        Map<String, Double> scores = predictions.judge(file, scheme);
        console.println("Scores: " + scores);
        return scores;
    }

    /** Entities type by type. */
    private static ConsoleTable table(EntityScores scores) {
        ConsoleTable table = new ConsoleTable(List.of(
                new ConsoleTable.Column("Type", Align.LEFT), new ConsoleTable.Column("Precision", Align.RIGHT),
                new ConsoleTable.Column("Recall", Align.RIGHT), new ConsoleTable.Column("F1", Align.RIGHT),
                new ConsoleTable.Column("Expected", Align.RIGHT), new ConsoleTable.Column("Found", Align.RIGHT)));
        scores.byType().forEach((type, counts) -> table.row(row(type, counts)));
        return table.row(row("all", scores.all()));
    }

    private static List<String> row(String type, EntityScores.Counts counts) {
        return List.of(type, Units.decimal(counts.precision(), DECIMALS), Units.decimal(counts.recall(), DECIMALS),
                Units.decimal(counts.f1(), DECIMALS), Long.toString(counts.expected()),
                Long.toString(counts.predicted()));
    }
}
