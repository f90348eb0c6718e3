package org.frugaltorch.finetune.cli;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.memory.StepMemory;
import org.frugaltorch.finetune.report.ConsoleTable;
import org.frugaltorch.finetune.report.ConsoleTable.Align;
import org.frugaltorch.finetune.report.ConsoleTable.Column;

/** Measured steps side by side, each in percent of the first. */
final class MemoryTable {
    private MemoryTable() {}

    static ConsoleTable of(List<StepMemory> results) {
        boolean byFormula = results.stream().anyMatch(result -> result.formulaBytes() != Units.UNKNOWN);
        List<Column> columns = new ArrayList<>(List.of(
                new Column("Method", Align.LEFT), number("Weights MiB"), number("Gradients"), number("Optimiser"),
                number("Saved act."), number("of first"), number("Over rest"), number("of first"), number("Peak"), number("of first"), number("Tokens/s")));
        if (byFormula) {
            columns.add(6, number("Formula"));
        }
        ConsoleTable table = new ConsoleTable(columns);
        StepMemory first = results.getFirst();
        for (StepMemory result : results) {
            List<String> cells = new ArrayList<>(List.of(
                    name(result), Units.mib(result.weightBytes()), Units.mib(result.gradientBytes()),
                    Units.mib(result.optimizerBytes()), Units.mib(result.savedActivationBytes()),
                    Units.percent(result.savedActivationBytes(), first.savedActivationBytes()),
                    Units.mib(result.overRestBytes()), Units.percent(result.overRestBytes(), first.overRestBytes()),
                    Units.mib(result.peakBytes()), Units.percent(result.peakBytes(), first.peakBytes()),
                    Units.decimal(result.tokensPerSecond(), 0)));
            if (byFormula) {
                cells.add(6, Units.mib(result.formulaBytes()));
            }
            table.row(cells);
        }
        return table;
    }

    /** Such as {@code lora, recompute, chunked loss}. */
    static String name(StepMemory result) {
        return result.method() + (result.lean() ? ", lean" : "") + (result.recompute() ? ", recompute" : "")
                + (result.chunkedLoss() ? ", chunked loss" : "")
                + (result.optimizerInBackward() ? ", optimiser in backward" : "");
    }

    private static Column number(String title) {
        return new Column(title, Align.RIGHT);
    }
}
