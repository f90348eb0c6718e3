package org.frugaltorch.jmh.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.jmh.Counters;

/**
 * Training steps by method, one table a model; full fine-tuning by FrugalTorch is what the others are compared with.
 */
final class StepTables {
    private static final String FULL = "full";
    private static final String NOTE = "Peak: most that was live at once in a step. Saved activations: what the forward"
            + " pass left behind for the backward pass. Both as the allocators counted them";

    private StepTables() {}

    /** The tables of a group, in the order of its models. */
    static List<Table> of(BenchResults all, BenchGroup group) {
        Map<String, List<BenchResult>> byCase = new LinkedHashMap<>();
        all.of(group).forEach(result -> byCase.computeIfAbsent(caseOf(result), name -> new ArrayList<>()).add(result));
        List<Table> tables = new ArrayList<>();
        byCase.forEach((name, results) -> tables.add(table(name, results)));
        return tables;
    }

    /** Such as {@code minilm, 32 x 128 tokens, float32}. */
    static String caseOf(BenchResult result) {
        String device = result.parameter("device");
        return result.parameter("shape") + ", " + result.parameter("batch") + " x " + result.parameter("sequence")
                + " tokens, " + result.parameter("dtype") + (device.isEmpty() || device.equals("cpu")
                        ? ""
                        : ", " + device);
    }

    private static Table table(String name, List<BenchResult> results) {
        boolean several = results.stream().map(BenchResult::implementation).distinct().count() > 1;
        Optional<BenchResult> full = results.stream()
                .filter(result -> result.parameter("method").equals(FULL)
                        && result.implementation().equals(Implementation.FRUGALTORCH.title()))
                .findFirst();
        List<String> titles = new ArrayList<>(List.of("Method", "ms a step", "±", "of full", "tokens/s", "peak MiB",
                "of full", "saved act. MiB", "of full"));
        if (several) {
            titles.add(1, "Library");
        }
        List<List<String>> rows = new ArrayList<>();
        for (BenchResult result : results) {
            List<String> cells = new ArrayList<>(List.of(
                    result.parameter("method"), Durations.digits(result.seconds() * 1e3),
                    Ratio.percent(result.spread()),
                    Ratio.text(result.seconds(), full.map(BenchResult::seconds).orElse(Double.NaN)),
                    Units.decimal(result.counter(Counters.ITEMS) / result.seconds(), 0)));
            for (String counter : List.of(Counters.PEAK, Counters.SAVED)) {
                double bytes = result.counter(counter);
                cells.add(Double.isFinite(bytes) ? Units.mib((long) bytes) : Units.NOT_MEASURED);
                cells.add(Ratio.text(bytes, full.map(of -> of.counter(counter)).orElse(Double.NaN)));
            }
            if (several) {
                cells.add(1, result.implementation());
            }
            rows.add(cells);
        }
        return ComparisonTables.withoutEmptyColumns(new Table("Training step of " + name, NOTE + "; medians of "
                + ComparisonTables.processes(results) + ".", titles, rows));
    }
}
