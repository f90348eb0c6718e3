package org.frugaltorch.finetune.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.io.DataException;

/**
 * A report as one HTML file that needs nothing else: styles and pictures are inside, there is no script. It reads on a phone
 * and prints.
 */
public final class HtmlReport {
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
        Html page = new Html().markup("<!DOCTYPE html>\n");
        page.open("html", "lang", "en").open("head")
                .empty("meta", "charset", "utf-8")
                .empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
                .element("title", content.title())
                .open("style").markup("\n" + style()).close("style")
                .close("head").open("body").open("main");
        page.open("header").element("h1", content.title());
        if (!content.introduction().isBlank()) {
            page.element("p", content.introduction(), "class", "lead");
        }
        page.close("header");
        cards(page, content.summaries());
        results(page, content.summaries());
        figures(page, Figures.of(content));
        settings(page, SettingsTable.of(content), content);
        return page.close("main").close("body").close("html").toString();
    }

    private static void cards(Html page, List<RunSummary> summaries) {
        RunSummary first = summaries.getFirst();
        page.open("section", "class", "cards", "aria-label", "At a glance");
        for (int i = 0; i < summaries.size(); i++) {
            RunSummary summary = summaries.get(i);
            page.open("article", "class", "card", "style", "border-top-color: " + ChartStyle.cssColor(i)).element("h3", summary.method());
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

    private static void results(Html page, List<RunSummary> summaries) {
        ResultTable table = new ResultTable(summaries);
        page.open("section").element("h2", "Results");
        table(page, "scroll", table.titles(), table.rows());
        page.element("p", "\u201cof first\u201d compares with " + summaries.getFirst().method()
                + "; a dash stands for what was not measured.", "class", "note");
        page.close("section");
    }

    private static void figures(Html page, List<Figure> figures) {
        if (figures.isEmpty()) {
            return;
        }
        page.open("section").element("h2", "Figures").open("div", "class", "figures");
        for (Figure figure : figures) {
            page.open("figure").element("h3", figure.title());
            page.empty("img", "alt", figure.alternative(),
                    "src", "data:image/png;base64," + Base64.getEncoder().encodeToString(figure.png()));
            page.element("figcaption", figure.caption()).close("figure");
        }
        page.close("div").close("section");
    }

    private static void settings(Html page, SettingsTable settings, ReportContent content) {
        if (settings.isEmpty()) {
            return;
        }
        page.open("section").element("h2", "Settings");
        if (!settings.common().isEmpty()) {
            table(page, "scroll settings", List.of("Setting", content.runs().size() > 1 ? "All methods" : "Value"),
                    settings.common());
        }
        if (!settings.differing().isEmpty()) {
            table(page, "scroll settings", settings.differingTitles(), settings.differing());
        }
        page.close("section");
    }

    private static void table(Html page, String classes, List<String> titles, List<List<String>> rows) {
        page.open("div", "class", classes).open("table").open("thead").open("tr");
        titles.forEach(title -> page.element("th", title, "scope", "col"));
        page.close("tr").close("thead").open("tbody");
        for (List<String> row : rows) {
            page.open("tr").element("th", row.getFirst(), "scope", "row");
            row.stream().skip(1).forEach(cell -> page.element("td", cell));
            page.close("tr");
        }
        page.close("tbody").close("table").close("div");
    }

    private static String style() {
        try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
