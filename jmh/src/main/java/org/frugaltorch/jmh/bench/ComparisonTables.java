package org.frugaltorch.jmh.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.jmh.Counters;

/** Libraries side by side, a column each, and ours as a ratio to each: below 1, ours is faster or smaller. */
final class ComparisonTables {
    private final List<BenchResult> results;
    private final List<String> others;

    private ComparisonTables(List<BenchResult> results) {
        this.results = results;
        Set<String> libraries = new LinkedHashSet<>();
        results.forEach(result -> libraries.add(result.implementation()));
        libraries.remove(Implementation.FRUGALTORCH.title());
        this.others = List.copyOf(libraries);
    }

    /** Time of operators. */
    static Optional<Table> operators(BenchResults all) {
        List<BenchResult> results = all.of(BenchGroup.OPERATORS);
        return results.isEmpty() ? Optional.empty() : Optional.of(new ComparisonTables(results).table(
                "Operators, with the release of the result (ns)", "Operator", BenchResult::name, BenchResult::name,
                BenchResult::seconds, seconds -> Durations.digits(seconds * 1e9), true,
                "One element where the name says nothing else, one thread,"
                        + " processor time; medians of " + processes(results) + ", ± half the range."));
    }

    /** Time of the step that all libraries take. */
    static Optional<Table> sameStepTime(BenchResults all) {
        List<BenchResult> results = all.of(BenchGroup.SAME_STEP);
        return results.isEmpty() ? Optional.empty() : Optional.of(new ComparisonTables(results).table(
                "The same training step in every library (ms)", "Model, sequences x tokens", ComparisonTables::stepOf,
                ComparisonTables::fixture, BenchResult::seconds, seconds -> Durations.digits(seconds * 1e3), true,
                "Full fine-tuning in float32 with AdamW: the same weights and batch, losses compared before measuring."
                        + " Rows that name a precision, a type or a method are ours alone, beside the others' plain"
                        + " step; medians of " + processes(results) + ", ± half the range."));
    }

    /** Memory of the step that all libraries take. */
    static Optional<Table> sameStepMemory(BenchResults all) {
        List<BenchResult> results = all.of(BenchGroup.SAME_STEP).stream()
                .filter(result -> result.counter(Counters.RESIDENT) > 0).toList();
        return results.isEmpty() ? Optional.empty() : Optional.of(new ComparisonTables(results).table(
                "Memory of the same training step (MiB)", "Model, sequences x tokens", ComparisonTables::stepOf,
                ComparisonTables::fixture, result -> result.counter(Counters.RESIDENT),
                bytes -> Units.mib((long) bytes), false,
                "What the process grew by at most, as the operating system sees it, Java's heap apart: weights,"
                        + " gradients, moments and activations, and whatever a library does not give back."));
    }

    private static String fixture(BenchResult result) {
        return result.parameter("fixture");
    }

    /** The step, and how it is taken unless in the way of all libraries: {@code minilm-32x128, bfloat16}. */
    static String stepOf(BenchResult result) {
        return Stream.of("fixture", "precision", "dtype", "method").map(result::parameter)
                .filter(value -> !value.isEmpty()).collect(Collectors.joining(", "));
    }

    /** Such as {@code 5 processes}. */
    static String processes(List<BenchResult> results) {
        int least = results.stream().mapToInt(result -> result.samples().size()).min().orElse(0);
        return least == 1 ? "one process" : least + " processes";
    }

    /**
     * A table.
     *
     * @param row name of a result's row
     * @param rowOfOthers name of the row of other libraries that it is compared with
     */
    private Table table(
            String title, String firstColumn, Function<BenchResult, String> row,
            Function<BenchResult, String> rowOfOthers, ToDoubleFunction<BenchResult> value,
            DoubleFunction<String> text, boolean spread, String note) {
        List<String> titles = new ArrayList<>(List.of(firstColumn, Implementation.FRUGALTORCH.title(), "±"));
        others.forEach(other -> titles.addAll(List.of(other, "±", "ratio")));
        Map<String, String> names = new LinkedHashMap<>();
        results.forEach(result -> names.putIfAbsent(row.apply(result), rowOfOthers.apply(result)));
        List<List<String>> rows = new ArrayList<>();
        for (Map.Entry<String, String> name : names.entrySet()) {
            Optional<BenchResult> own = find(name.getKey(), row, Implementation.FRUGALTORCH.title());
            List<String> cells = new ArrayList<>(List.of(name.getKey()));
            cells.addAll(cells(own, value, text, spread));
            for (String other : others) {
                Optional<BenchResult> their = find(name.getValue(), row, other);
                cells.addAll(cells(their, value, text, spread));
                cells.add(Ratio.text(number(own, value), number(their, value)));
            }
            rows.add(cells);
        }
        return withoutEmptyColumns(new Table(title, note, titles, rows));
    }

    private Optional<BenchResult> find(String name, Function<BenchResult, String> row, String library) {
        return results.stream().filter(result -> row.apply(result).equals(name)
                && result.implementation().equals(library))
                .findFirst();
    }

    private static double number(Optional<BenchResult> result, ToDoubleFunction<BenchResult> value) {
        return result.map(value::applyAsDouble).orElse(Double.NaN);
    }

    private static List<String> cells(
            Optional<BenchResult> result, ToDoubleFunction<BenchResult> value, DoubleFunction<String> text,
            boolean spread) {
        double number = number(result, value);
        return List.of(Double.isFinite(number) ? text.apply(number) : Units.NOT_MEASURED,
                spread && result.isPresent() ? Ratio.percent(result.get().spread()) : Units.NOT_MEASURED);
    }

    /** Leaves out columns, all but the first, in which there is nothing. */
    static Table withoutEmptyColumns(Table table) {
        List<Integer> kept = new ArrayList<>();
        for (int column = 0; column < table.titles().size(); column++) {
            int index = column;
            if (column == 0 || table.rows().stream().anyMatch(row -> !row.get(index).equals(Units.NOT_MEASURED))) {
                kept.add(column);
            }
        }
        return new Table(table.title(), table.note(), kept.stream().map(table.titles()::get).toList(),
                table.rows().stream().map(row -> kept.stream().map(row::get).toList()).toList());
    }
}
