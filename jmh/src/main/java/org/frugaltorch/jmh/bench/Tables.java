package org.frugaltorch.jmh.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All tables of a run, in the order of a report. */
final class Tables {
    private Tables() {}

    static List<Table> of(BenchResults results) {
        List<Table> tables = new ArrayList<>();
        ComparisonTables.sameStepTime(results).ifPresent(tables::add);
        ComparisonTables.sameStepMemory(results).ifPresent(tables::add);
        ComparisonTables.operators(results).ifPresent(tables::add);
        tables.addAll(StepTables.of(results, BenchGroup.ENCODER_STEP));
        tables.addAll(StepTables.of(results, BenchGroup.DECODER_STEP));
        for (Optional<Table> table : List.of(RateTables.generation(results), RateTables.safetensors(results),
                RateTables.fourBit(results), RateTables.text(results), RateTables.ledger(results),
                RateTables.matmul(results), RateTables.calls(results))) {
            table.ifPresent(tables::add);
        }
        return List.copyOf(tables);
    }
}
