package org.frugaltorch.jmh.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.frugaltorch.finetune.measure.Machine;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.report.Charts;
import org.frugaltorch.finetune.report.Figure;
import org.frugaltorch.finetune.report.ReportPage;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.jmh.Counters;

/** Results as one HTML page with plots, and as Markdown for a README. */
final class BenchReport {
    private static final double MIB = 1 << 20;

    private final BenchResults results;

    BenchReport(BenchResults results) {
        this.results = results;
    }

    /** Writes {@code report.html} and {@code tables.md}. */
    void write(Path folder) {
        page().write(folder.resolve("report.html"));
        AtomicFiles.writeString(folder.resolve("tables.md"), markdown());
    }

    /** All tables under the command and the machine that they come from. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("`").append(results.command()).append("`, on ").append(machine()).append("; ")
                .append(versions()).append(".\n\n");
        Tables.of(results).forEach(table -> text.append(table.toMarkdown()).append('\n'));
        results.failures().forEach(failure -> text.append("Not measured: ").append(failure).append("\n\n"));
        return text.toString().stripTrailing() + "\n";
    }

    private String versions() {
        return results.versions().entrySet().stream().map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining("; "));
    }

    private String machine() {
        Machine machine = results.machine();
        return machine.processor() + " (" + machine.threads() + " threads"
                + (machine.features().isEmpty() ? "" : ", " + String.join(" ", machine.features())) + ")"
                + (machine.memoryBytes() > 0
                        ? ", " + Units.decimal(machine.memoryBytes() / MIB / 1024, 0) + " GiB"
                        : "");
    }

    ReportPage page() {
        ReportPage page = new ReportPage("FrugalTorch benchmarks",
                "Medians over processes of their own, and half the range"
                + " over them. A ratio is ours to the other library's: below 1, ours is faster or smaller.");
        page.section("Where and what").settings(List.of("", "Value"), facts());
        if (!results.failures().isEmpty()) {
            page.section("Not measured").settings(List.of("", "Reason"),
                    numbered(results.failures()));
        }
        List<Figure> figures = figures();
        if (!figures.isEmpty()) {
            page.section("Figures").figures(figures);
        }
        for (Table table : Tables.of(results)) {
            page.section(table.title()).table(table.titles(), table.rows()).note(table.note());
        }
        return page;
    }

    private List<List<String>> facts() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("Command", results.command()));
        rows.add(List.of("Machine", machine()));
        rows.add(List.of("System", results.machine().system()));
        results.versions().forEach((name, version) -> rows.add(List.of(name, version)));
        return rows;
    }

    private static List<List<String>> numbered(List<String> sentences) {
        List<List<String>> rows = new ArrayList<>();
        sentences.forEach(sentence -> rows.add(List.of(Integer.toString(rows.size() + 1), sentence)));
        return rows;
    }

    // ---- figures ---------------------------------------------------------------------------------------------------

    private List<Figure> figures() {
        List<Figure> figures = new ArrayList<>();
        groups(figures, "The same training step: time", "Milliseconds a step; less is better.", "ms",
                BenchGroup.SAME_STEP, ComparisonTables::stepOf, result -> result.seconds() * 1e3);
        groups(figures, "The same training step: memory", "What the process grew by at most; less is better.", "MiB",
                BenchGroup.SAME_STEP, ComparisonTables::stepOf,
                result -> result.counter(Counters.RESIDENT) / MIB);
        groups(figures, "Operators", "Nanoseconds of processor time; less is better.", "ns", BenchGroup.OPERATORS,
                BenchResult::name, result -> result.seconds() * 1e9);
        for (BenchGroup group : List.of(BenchGroup.ENCODER_STEP, BenchGroup.DECODER_STEP)) {
            Set<String> cases = new LinkedHashSet<>();
            results.of(group).forEach(result -> cases.add(StepTables.caseOf(result)));
            for (String name : cases) {
                List<BenchResult> steps = results.of(group).stream()
                        .filter(result -> StepTables.caseOf(result).equals(name)).toList();
                ranking(figures, name + ": peak memory", "MiB", steps, result -> result.counter(Counters.PEAK) / MIB);
                ranking(figures, name + ": time of a step", "ms", steps, result -> result.seconds() * 1e3);
            }
        }
        return figures;
    }

    /** Bars by library, in groups; left out where there is nothing to see. */
    private void groups(List<Figure> figures, String title, String caption, String unit, BenchGroup group,
            Function<BenchResult, String> name, ToDoubleFunction<BenchResult> value) {
        List<BenchResult> measured = results.of(group).stream()
                .filter(result -> Double.isFinite(value.applyAsDouble(result))).toList();
        if (measured.isEmpty()) {
            return;
        }
        Set<String> names = new LinkedHashSet<>();
        Set<String> libraries = new LinkedHashSet<>();
        measured.forEach(result -> {
            names.add(name.apply(result));
            libraries.add(result.implementation());
        });
        List<Charts.Bars> bars = libraries.stream().map(library -> new Charts.Bars(library, names.stream()
                .map(wanted -> measured.stream()
                        .filter(result -> result.implementation().equals(library) && name.apply(result).equals(wanted))
                        .mapToDouble(value).findFirst().orElse(Double.NaN)).toList())).toList();
        figures.add(new Figure(title, caption, title + ": " + words(measured, result -> name.apply(result) + " "
                + result.implementation(), value, unit), Charts.groups(List.copyOf(names), bars, unit)));
    }

    private static void ranking(List<Figure> figures, String title, String unit, List<BenchResult> measured,
            ToDoubleFunction<BenchResult> value) {
        List<BenchResult> known = measured.stream().filter(result -> value.applyAsDouble(result) > 0).toList();
        if (known.isEmpty()) {
            return;
        }
        Function<BenchResult, String> name = result -> result.parameter("method")
                + (result.implementation().equals(Implementation.FRUGALTORCH.title())
                        ? ""
                        : " " + result.implementation());
        figures.add(new Figure(title, "By method; less is better.", title + ": " + words(known, name, value, unit),
                Charts.ranking(known.stream().map(name).toList(),
                        known.stream().map(value::applyAsDouble).toList(), unit, 0)));
    }

    private static String words(List<BenchResult> measured, Function<BenchResult, String> name,
            ToDoubleFunction<BenchResult> value, String unit) {
        return measured.stream()
                .map(result -> name.apply(result) + " " + Durations.digits(value.applyAsDouble(result)) + " " + unit)
                .collect(Collectors.joining(", ")) + ".";
    }
}
