package org.frugaltorch.finetune.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.io.DataException;

/**
 * A page that grows section by section. It is one HTML file that needs nothing else: styles and pictures are inside,
 * there is no script. It reads on a phone and prints.
 */
public final class ReportPage {
    private final Html html = new Html().markup("<!DOCTYPE html>\n");
    private boolean inSection;

    /**
     * A page with its heading.
     *
     * @param title plain text, as all that is added later
     * @param introduction one paragraph; may be empty
     */
    public ReportPage(String title, String introduction) {
        html.open("html", "lang", "en").open("head")
                .empty("meta", "charset", "utf-8")
                .empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
                .element("title", title)
                .open("style").markup("\n" + style()).close("style")
                .close("head").open("body").open("main");
        html.open("header").element("h1", title);
        if (!introduction.isBlank()) {
            html.element("p", introduction, "class", "lead");
        }
        html.close("header");
    }

    /** What this page is written with, for parts that only one kind of report has. */
    Html html() {
        return html;
    }

    /** Begins a section; the one before ends. */
    public ReportPage section(String title) {
        endSection();
        html.open("section").element("h2", title);
        inSection = true;
        return this;
    }

    void endSection() {
        if (inSection) {
            html.close("section");
            inSection = false;
        }
    }

    /** A remark below what was added last. */
    public ReportPage note(String text) {
        html.element("p", text, "class", "note");
        return this;
    }

    /** A table of numbers, whose first column names the rows. */
    public ReportPage table(List<String> titles, List<List<String>> rows) {
        return table("scroll", titles, rows);
    }

    /** A table of texts, whose first column names the rows. */
    public ReportPage settings(List<String> titles, List<List<String>> rows) {
        return table("scroll settings", titles, rows);
    }

    private ReportPage table(String classes, List<String> titles, List<List<String>> rows) {
        html.open("div", "class", classes).open("table").open("thead").open("tr");
        titles.forEach(title -> html.element("th", title, "scope", "col"));
        html.close("tr").close("thead").open("tbody");
        for (List<String> row : rows) {
            html.open("tr").element("th", row.getFirst(), "scope", "row");
            row.stream().skip(1).forEach(cell -> html.element("td", cell));
            html.close("tr");
        }
        html.close("tbody").close("table").close("div");
        return this;
    }

    /** Pictures side by side; nothing if there are none. */
    public ReportPage figures(List<Figure> figures) {
        if (figures.isEmpty()) {
            return this;
        }
        html.open("div", "class", "figures");
        for (Figure figure : figures) {
            html.open("figure").element("h3", figure.title());
            html.empty("img", "alt", figure.alternative(),
                    "src", "data:image/png;base64," + Base64.getEncoder().encodeToString(figure.png()));
            html.element("figcaption", figure.caption()).close("figure");
        }
        html.close("div");
        return this;
    }

    /** Ends the page; nothing can be added any more. */
    public String end() {
        endSection();
        return html.close("main").close("body").close("html").toString();
    }

    /**
     * Ends the page and writes it, in one piece or not at all.
     *
     * @throws DataException if the file cannot be written
     */
    public void write(Path file) {
        AtomicFiles.writeString(file, end());
    }

    private static String style() {
        try (InputStream in = ReportPage.class.getResourceAsStream("report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
