package org.frugaltorch.jmh.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.jmh.Counters;

/** Everything that is measured for FrugalTorch alone: time, what it gets done in it, and a ratio to a yardstick. */
final class RateTables {
    private static final double GIGA = 1e9;

    private RateTables() {}

    /** What calls and scopes cost. */
    static Optional<Table> calls(BenchResults all) {
        List<BenchResult> results = new ArrayList<>(all.of(BenchGroup.CALLS));
        results.addAll(all.of(BenchGroup.SCOPES));
        return table("Calls and scopes",
                "bare: a C function that only reads a flag; addKernel: an addition without anything"
                + " of ours; empty: opening and closing a scope; thousandHandles: one tensor of a scope of 1,000.",
                List.of("Benchmark", "ns", "±"), results, result -> List.of(
                        result.name(), Durations.digits(result.seconds() * 1e9), Ratio.percent(result.spread())));
    }

    /** Weights from a file. */
    static Optional<Table> safetensors(BenchResults all) {
        List<BenchResult> results = all.of(BenchGroup.SAFETENSORS);
        Optional<BenchResult> plain = find(results, result -> result.name().equals("plainRead"));
        return table("Loading safetensors",
                "load: every tensor into memory of its own, as for training; open: mapped, nothing copied, as for"
                        + " generation; plainRead: the mapped file copied by nothing but Java. The file is in the page"
                        + " cache.",
                List.of("Benchmark", "ms", "±", "GB/s", "of plain read"), results, result -> {
                    boolean copies = !result.name().equals("open");
                    return List.of(result.name(), Durations.digits(result.seconds() * 1e3),
                            Ratio.percent(result.spread()),
                            copies ? Durations.digits(rate(result)) : Units.NOT_MEASURED,
                            copies ? Ratio.text(rate(result), plain.map(RateTables::rate).orElse(Double.NaN))
                                    : Units.NOT_MEASURED);
                });
    }

    /** Weights in four bits. */
    static Optional<Table> fourBit(BenchResults all) {
        List<BenchResult> results = all.of(BenchGroup.FOUR_BIT);
        return table("NF4 with double quantisation",
                "GB/s of the dense matrix. Quantising and dequantising are compared with"
                        + " making a copy of the dense matrix, the product of 128 rows with that of the dense matrix.",
                List.of("Benchmark", "ms", "±", "GB/s", "time of yardstick"), results, result -> {
                    boolean product = result.name().endsWith("inear");
                    Optional<BenchResult> yardstick = find(results,
                            other -> other.parameters().equals(result.parameters())
                            && other.name().equals(product ? "denseLinear" : "copy"));
                    return List.of(result.name() + ", " + result.parameter("dtype") + ", " + result.parameter("size"),
                            Durations.digits(result.seconds() * 1e3), Ratio.percent(result.spread()),
                            product ? Units.NOT_MEASURED : Durations.digits(rate(result)),
                            Ratio.text(result.seconds(), yardstick.map(BenchResult::seconds).orElse(Double.NaN)));
                });
    }

    /** Products of matrices. */
    static Optional<Table> matmul(BenchResults all) {
        return table("Products of square matrices", "What the machine and its BLAS library can do.",
                List.of("Type and precision, size", "ms", "±", "GFLOP/s"), all.of(BenchGroup.MATMUL), result -> List.of(
                        result.parameter("kind") + ", " + result.parameter("size"),
                        Durations.digits(result.seconds() * 1e3), Ratio.percent(result.spread()),
                        Units.decimal(result.counter(Counters.OPERATIONS) / result.seconds() / GIGA, 0)));
    }

    /** Texts and tokens a second. */
    static Optional<Table> text(BenchResults all) {
        return table("Text to batches", "WordPiece on all cores, batches of 32 sorted by length within windows.",
                List.of("Benchmark", "ms", "±", "texts/s"), all.of(BenchGroup.TEXT), result -> List.of(
                        result.name(), Durations.digits(result.seconds() * 1e3), Ratio.percent(result.spread()),
                        Units.decimal(result.counter(Counters.ITEMS) / result.seconds(), 0)));
    }

    /** Tokens a second. */
    static Optional<Table> generation(BenchResults all) {
        return table("Generation", "Greedy, one text, the prompt included in the time.",
                List.of("Model", "ms a token", "±", "tokens/s"), all.of(BenchGroup.GENERATION), result -> {
                    double tokens = result.counter(Counters.ITEMS);
                    return List.of(result.parameter("shape"), Durations.digits(result.seconds() / tokens * 1e3),
                            Ratio.percent(result.spread()), Units.decimal(tokens / result.seconds(), 1));
                });
    }

    /** What the ledger costs. */
    static Optional<Table> ledger(BenchResults all) {
        List<BenchResult> results = all.of(BenchGroup.LEDGER);
        return table("The memory ledger",
                "never: there was none in the process; closed: one was opened and closed before; open:"
                        + " it counts. The operator has one element.",
                List.of("Benchmark", "time", "±", "of never"), results, result -> {
                    Optional<BenchResult> never = find(results, other -> other.name().equals(result.name())
                            && other.parameter("ledger").equals("never"));
                    return List.of(result.name() + ", " + result.parameter("ledger"), Durations.of(result.seconds()),
                            Ratio.percent(result.spread()),
                            Ratio.text(result.seconds(), never.map(BenchResult::seconds).orElse(Double.NaN)));
                });
    }

    /** Gigabytes a second. */
    private static double rate(BenchResult result) {
        return result.counter(Counters.BYTES) / result.seconds() / GIGA;
    }

    private static Optional<BenchResult> find(List<BenchResult> results, Predicate<BenchResult> wanted) {
        return results.stream().filter(wanted).findFirst();
    }

    private interface Row {
        List<String> of(BenchResult result);
    }

    private static Optional<Table> table(String title, String note, List<String> titles, List<BenchResult> results,
            Row row) {
        return results.isEmpty() ? Optional.empty() : Optional.of(ComparisonTables.withoutEmptyColumns(
                new Table(title, note + " Medians of " + ComparisonTables.processes(results) + ".", titles,
                        results.stream().map(row::of).toList())));
    }
}
