package org.frugaltorch.finetune.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.frugaltorch.finetune.report.ConsoleTable.Align;
import org.frugaltorch.finetune.report.ConsoleTable.Column;
import org.junit.jupiter.api.Test;

class ResultTableTest {

    @Test
    void comparesEachRowWithTheFirst() {
        RunSummary full = summary("full", 0.91234, 0.9, 1500L << 20, 600L << 20, 1000, 75.2, Map.of("matthews", 0.81));
        RunSummary tokentune = summary("tokentune-0.25", 0.905, 0.89, 825L << 20, 150L << 20, 1234.5, 3.21, Map.of());

        assertThat(new ResultTable(List.of(full, tokentune))).hasToString("""
                Method          Accuracy  Macro F1  Matthews correlation  Peak MiB  of first  Saved act. MiB  of first  Tokens/s  of first   Time
                --------------  --------  --------  --------------------  --------  --------  --------------  --------  --------  --------  -----
                full              0.9123    0.9000                0.8100   1,500.0   100.0 %           600.0   100.0 %     1,000   100.0 %   1:15
                tokentune-0.25    0.9050    0.8900                     -     825.0    55.0 %           150.0    25.0 %     1,235   123.5 %  3.2 s
                """);
    }

    @Test
    void leavesOutWhatWasNotMeasured() {
        RunSummary regression = summary("full", Double.NaN, Double.NaN, -1, -1, Double.NaN, 12, new TreeMap<>(Map.of("pearson", 0.5, "steps", 2320.0)));

        assertThat(new ResultTable(List.of(regression))).hasToString("""
                Method  Pearson correlation  steps  Time
                ------  -------------------  -----  ----
                full                 0.5000  2,320  0:12
                """);
    }

    @Test
    void alignsCellsLongerThanTheirTitle() {
        ConsoleTable table = new ConsoleTable(List.of(new Column("a", Align.LEFT), new Column("b", Align.RIGHT)))
                .row(List.of("x", "100")).row(List.of("größer", "7"));

        assertThat(table).hasToString("""
                a         b
                ------  ---
                x       100
                größer    7
                """);
        assertThatIllegalArgumentException().isThrownBy(() -> table.row(List.of("x")))
                .withMessageContaining("needs 2 cells");
    }

    private static RunSummary summary(String method, double accuracy, double macroF1, long peak, long saved, double rate,
                                      double seconds, Map<String, Double> metrics) {
        return new RunSummary(method, accuracy, macroF1, peak, saved, -1, -1, -1, rate, seconds, Map.of(), metrics,
                Map.of());
    }
}
