package org.frugaltorch.finetune.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.train.RunRecord;

/**
 * What a report shows.
 *
 * @param title        title of the report, plain text
 * @param introduction one paragraph on what was run and on what, plain text; may be empty
 * @param settings     settings common to all runs, beside those in the runs' summaries
 * @param runs         the runs; memory and throughput are compared with the first
 */
record ReportContent(String title, String introduction, Map<String, String> settings, List<Run> runs) {

    /** One method's summary and the log of its run, which may be empty. */
    public record Run(RunSummary summary, List<RunRecord> log) {
        public Run {
            log = List.copyOf(log);
        }

        String method() {
            return summary.method();
        }

        List<RunRecord.Step> steps() {
            return log.stream().filter(RunRecord.Step.class::isInstance).map(RunRecord.Step.class::cast).toList();
        }

        List<RunRecord.Evaluation> evaluations() {
            return log.stream().filter(RunRecord.Evaluation.class::isInstance).map(RunRecord.Evaluation.class::cast)
                    .toList();
        }
    }

    public ReportContent {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        runs = List.copyOf(runs);
        RunSummary.requireDistinct(runs.stream().map(Run::summary).toList());
    }

    List<RunSummary> summaries() {
        return runs.stream().map(Run::summary).toList();
    }
}
