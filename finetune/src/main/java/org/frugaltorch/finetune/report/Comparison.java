package org.frugaltorch.finetune.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.RunLog;

/** The same training by several methods, one after another, with one report over all of them. */
public final class Comparison {
    private Comparison() {}

    /**
     * One of them.
     *
     * @param folder that it writes to
     * @param training trains and says what it came to
     */
    public record Trial(RunFolder folder, Supplier<RunSummary> training) {}

    /** What a report says above its tables. */
    public record ReportText(String title, String introduction, Map<String, String> settings) {}

    /**
     * Runs all of them; after each, {@code summary.json} and {@code report.html} tell of those so far.
     *
     * @param directory receives summary and report
     * @return one summary a trial, in order
     */
    public static List<RunSummary> run(List<Trial> trials, Path directory, ReportText text) {
        List<RunSummary> summaries = new ArrayList<>();
        List<ReportContent.Run> reported = new ArrayList<>();
        for (Trial trial : trials) {
            summaries.add(trial.training().get());
            reported.add(new ReportContent.Run(summaries.getLast(), RunLog.read(trial.folder().log())));
            SummaryJson.write(directory.resolve("summary.json"), summaries);
            HtmlReport.write(report(directory),
                    new ReportContent(text.title(), text.introduction(), text.settings(), reported));
        }
        return summaries;
    }

    /** The report in a directory. */
    public static Path report(Path directory) {
        return directory.resolve("report.html");
    }
}
