package org.frugaltorch.finetune.report;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.io.DataException;

/** A {@link ReportPage} on training runs: methods side by side, their curves and their settings. */
final class HtmlReport {
    private HtmlReport() {}

    /**
     * Writes the report, in one piece or not at all.
     *
     * @throws DataException if the file cannot be written
     */
    public static void write(Path file, ReportContent content) {
        AtomicFiles.writeString(file, render(content));
    }

    /** The report as text. */
    public static String render(ReportContent content) {
        ReportPage page = new ReportPage(content.title(), content.introduction());
        cards(page.html(), content.summaries());
        results(page, content.summaries());
        List<Figure> figures = Figures.of(content);
        if (!figures.isEmpty()) {
            page.section("Figures").figures(figures);
        }
        settings(page, SettingsTable.of(content), content);
        return page.end();
    }

    private static void cards(Html page, List<RunSummary> summaries) {
        RunSummary first = summaries.getFirst();
        page.open("section", "class", "cards", "aria-label", "At a glance");
        for (int i = 0; i < summaries.size(); i++) {
            RunSummary summary = summaries.get(i);
            page.open("article", "class", "card", "style", "border-top-color: " + ChartStyle.cssColor(i))
                    .element("h3", summary.method());
            page.open("p", "class", "big").text(Units.mib(summary.peakBytes()) + " ").element("small", "MiB peak")
                    .close("p");
            if (summary != first && summary.peakBytes() > 0 && first.peakBytes() > 0) {
                page.element("p", Units.percent(summary.peakBytes(), first.peakBytes()) + " of " + first.method());
            }
            quality(page, summary);
            page.close("article");
        }
        page.close("section");
    }

    private static void quality(Html page, RunSummary summary) {
        if (Double.isFinite(summary.accuracy())) {
            page.element("p", "Accuracy " + Units.decimal(summary.accuracy(), 4));
        } else if (!summary.metrics().isEmpty()) {
            Map.Entry<String, Double> metric = summary.metrics().entrySet().iterator().next();
            page.element("p", ResultTable.label(metric.getKey()) + " " + Units.decimal(metric.getValue(), 4));
        }
    }

    private static void results(ReportPage page, List<RunSummary> summaries) {
        ResultTable table = new ResultTable(summaries);
        page.section("Results").table(table.titles(), table.rows())
                .note("\u201cof first\u201d compares with " + summaries.getFirst().method()
                        + "; a dash stands for what was not measured.");
    }

    private static void settings(ReportPage page, SettingsTable settings, ReportContent content) {
        if (settings.isEmpty()) {
            return;
        }
        page.section("Settings");
        if (!settings.common().isEmpty()) {
            page.settings(List.of("Setting", content.runs().size() > 1 ? "All methods" : "Value"), settings.common());
        }
        if (!settings.differing().isEmpty()) {
            page.settings(settings.differingTitles(), settings.differing());
        }
    }
}
