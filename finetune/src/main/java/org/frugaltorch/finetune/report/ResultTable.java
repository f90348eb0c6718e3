package org.frugaltorch.finetune.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.metrics.Metric;

/**
 * Results of several methods side by side: quality, then memory and throughput, each also in percent of the first row.
 * Columns in which nothing was measured are left out.
 */
public final class ResultTable {
    private static final Set<String> OWN_COLUMNS = Set.of(Metric.ACCURACY.id(), Metric.MACRO_F1.id());
    private static final Set<String> COUNTS = Set.of("steps", "bestStep");
    private static final int DECIMALS = 4;

    private final List<String> titles = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * Lays out the results.
     *
     * @throws IllegalArgumentException if there is none, or two have the same method name
     */
    public ResultTable(List<RunSummary> summaries) {
        RunSummary.requireDistinct(summaries);
        titles.add("Method");
        summaries.forEach(summary -> rows.add(new ArrayList<>(List.of(summary.method()))));
        quality(summaries, "Accuracy", DECIMALS, RunSummary::accuracy);
        quality(summaries, "Macro F1", DECIMALS, RunSummary::macroF1);
        for (String name : metricNames(summaries)) {
            quality(summaries, label(name), COUNTS.contains(name) ? 0 : DECIMALS,
                    summary -> summary.metrics().getOrDefault(name, Double.NaN));
        }
        memory(summaries, "Peak MiB", RunSummary::peakBytes);
        memory(summaries, "Saved act. MiB", RunSummary::savedActivationBytes);
        double firstRate = summaries.getFirst().tokensPerSecond();
        column(summaries, "Tokens/s", summary -> Units.decimal(summary.tokensPerSecond(), 0));
        column(summaries, "of first", summary -> Units.percent(summary.tokensPerSecond(), firstRate));
        column(summaries, "Time", summary -> Units.duration(summary.seconds()));
    }

    /** Titles of the columns; the first is text, all others are numbers. */
    public List<String> titles() {
        return List.copyOf(titles);
    }

    /** Cells of the rows, one row a method. */
    public List<List<String>> rows() {
        return rows.stream().map(List::copyOf).toList();
    }

    /** The table for the console. */
    @Override
    public String toString() {
        List<ConsoleTable.Column> columns = new ArrayList<>();
        for (String title : titles) {
            columns.add(new ConsoleTable.Column(title,
                    columns.isEmpty() ? ConsoleTable.Align.LEFT : ConsoleTable.Align.RIGHT));
        }
        ConsoleTable table = new ConsoleTable(columns);
        rows.forEach(table::row);
        return table.toString();
    }

    /** The name of a metric for people; names that are not ours stay as they are. */
    static String label(String metric) {
        for (Metric known : Metric.values()) {
            if (known.id().equals(metric)) {
                return known.label();
            }
        }
        return metric;
    }

    private static Set<String> metricNames(List<RunSummary> summaries) {
        Set<String> names = new LinkedHashSet<>();
        summaries.forEach(summary -> names.addAll(summary.metrics().keySet()));
        names.removeAll(OWN_COLUMNS);
        return names;
    }

    private void quality(
            List<RunSummary> summaries, String title, int decimals, ToDoubleFunction<RunSummary> value) {
        column(summaries, title, summary -> Units.decimal(value.applyAsDouble(summary), decimals));
    }

    private void memory(List<RunSummary> summaries, String title, ToLongFunction<RunSummary> bytes) {
        long first = bytes.applyAsLong(summaries.getFirst());
        column(summaries, title, summary -> Units.mib(bytes.applyAsLong(summary)));
        column(summaries, "of first", summary -> Units.percent(bytes.applyAsLong(summary), first));
    }

    private void column(List<RunSummary> summaries, String title, Function<RunSummary, String> cell) {
        List<String> cells = summaries.stream().map(cell).toList();
        if (cells.stream().allMatch(Units.NOT_MEASURED::equals)) {
            return;
        }
        titles.add(title);
        for (int row = 0; row < cells.size(); row++) {
            rows.get(row).add(cells.get(row));
        }
    }
}
