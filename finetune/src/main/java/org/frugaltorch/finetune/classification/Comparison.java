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
     * @param output receives a folder a method
     * @return one summary a method, in order
     */
    public static List<RunSummary> run(
            ClassifierRun run, List<Method> methods, Output output, ReportText text) {
        List<RunSummary> summaries = new ArrayList<>();
        List<ReportContent.Run> reported = new ArrayList<>();
        for (Method method : methods) {
            RunFolder folder = output.folder(method);
            summaries.add(run.train(method, folder));
            reported.add(new ReportContent.Run(summaries.getLast(), RunLog.read(folder.log())));
            SummaryJson.write(output.directory().resolve("summary.json"), summaries);
            HtmlReport.write(output.report(),
                    new ReportContent(text.title(), text.introduction(), text.settings(), reported));
        }
        return summaries;
    }

    /**
     * Where results go.
     *
     * @param directory receives a folder a method, the summary and the report
     * @param checkpoints whether an interrupted run can be resumed
     * @param existing what becomes of runs that are there already
     */
    public record Output(Path directory, boolean checkpoints, RunFolder.Existing existing) {
        /**
         * Says early what would make a run fail late.
         *
         * @throws org.frugaltorch.io.DataException if a run is in the way
         */
        public void check(List<Method> methods) {
            methods.forEach(method -> folder(method).check());
        }

        /** The report over all methods. */
        public Path report() {
            return directory.resolve("report.html");
        }

        RunFolder folder(Method method) {
            return new RunFolder(directory.resolve(method.name()), checkpoints, existing);
        }
    }

    /** What a report says above its tables. */
    public record ReportText(String title, String introduction, Map<String, String> settings) {}
}
