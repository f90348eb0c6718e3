package org.frugaltorch.finetune.classification;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.report.HtmlReport;
import org.frugaltorch.finetune.report.ReportContent;
import org.frugaltorch.finetune.report.RunSummary;
import org.frugaltorch.finetune.report.SummaryJson;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.RunLog;

/** The same training by several methods, one after another, with one report over all of them. */
public final class Comparison {
    private Comparison() {}

    /**
     * Runs all methods and writes {@code summary.json} and {@code report.html} beside their folders.
     *
     * @param out receives a folder a method
     * @param checkpoints whether an interrupted run can be resumed
     * @param resume whether to go on with one
     * @return one summary a method, in order
     */
    public static List<RunSummary> run(
            ClassifierRun run, List<Method> methods, Path out, boolean checkpoints, boolean resume, ReportText text) {
        List<RunSummary> summaries = new ArrayList<>();
        List<ReportContent.Run> reported = new ArrayList<>();
        for (Method method : methods) {
            RunFolder folder = new RunFolder(out.resolve(method.name()), checkpoints, resume);
            summaries.add(run.train(method, folder));
            reported.add(new ReportContent.Run(summaries.getLast(), RunLog.read(folder.log())));
            SummaryJson.write(out.resolve("summary.json"), summaries);
            HtmlReport.write(out.resolve("report.html"),
                    new ReportContent(text.title(), text.introduction(), text.settings(), reported));
        }
        return summaries;
    }

    /** What a report says above its tables. */
    public record ReportText(String title, String introduction, Map<String, String> settings) {}
}
