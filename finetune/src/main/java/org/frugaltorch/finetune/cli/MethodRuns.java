package org.frugaltorch.finetune.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.frugaltorch.finetune.report.Comparison;
import org.frugaltorch.finetune.report.Comparison.Trial;
import org.frugaltorch.finetune.report.ResultTable;
import org.frugaltorch.finetune.report.RunSummary;
import org.frugaltorch.finetune.report.SummaryJson;
import org.frugaltorch.finetune.train.RunFolder;

/**
 * The same training by several methods, as commands offer it: a folder a method, one table, one report.
 *
 * @param <M> what says how to train
 */
final class MethodRuns<M> {
    private final Path out;
    private final Map<M, RunFolder> folders = new LinkedHashMap<>();

    /**
     * Runs that have not begun.
     *
     * @param name of a method's folder
     * @param out holds all folders
     */
    MethodRuns(List<M> methods, Function<M, String> name, RunOptions runs, Path out) {
        this.out = out;
        methods.forEach(method -> folders.put(method, runs.folder(out.resolve(name.apply(method)))));
    }

    /**
     * Says early what would make a run fail late.
     *
     * @param sources that are read
     * @throws org.frugaltorch.io.DataException if there is a run in the way, or a source in one that is to go
     */
    void check(Path... sources) {
        folders.values().forEach(folder -> folder.check(sources));
    }

    /**
     * Trains by every method, and tells what came out on the console, in a report, and as JSON if that was asked for.
     */
    void train(BiFunction<M, RunFolder, RunSummary> training, Comparison.ReportText text, PrintWriter console,
            JsonOption json) {
        List<Trial> trials = new ArrayList<>();
        folders.forEach((method, folder) -> trials.add(new Trial(folder, () -> training.apply(method, folder))));
        List<RunSummary> summaries = Comparison.run(trials, out, text);
        console.println(new ResultTable(summaries));
        summaries.stream().filter(RunSummary::tellsNothingApart).forEach(run -> console.println("Note: the answers of "
                + run.method() + " have nothing to do with the labels (Matthews correlation 0), as when a model says the same"
                + " of every example. Try a lower --learning-rate, or train for longer."));
        console.println("Report: " + Comparison.report(out));
        json.write(SummaryJson.asMap(summaries));
    }
}
