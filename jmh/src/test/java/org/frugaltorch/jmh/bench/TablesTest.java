package org.frugaltorch.jmh.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TablesTest {
    private static Table titled(String part) {
        return Tables.of(SampleResults.all()).stream()
                .filter(table -> table.title().contains(part)).findFirst().orElseThrow();
    }

    @Test
    void operatorsBesideEachOther() {
        Table table = titled("Operators");
        assertThat(table.titles()).containsExactly("Operator", "FrugalTorch", "±", "DJL", "±", "ratio");
        assertThat(table.rows()).containsExactly(
                List.of("add", "620", "3.2 %", "1,240", "12 %", "0.50"), List.of("exp", "900", "-", "-", "-", "-"));
        assertThat(table.note()).contains("one process");
    }

    @Test
    void theSameStep() {
        assertThat(titled("same training step in every").rows())
                .containsExactly(List.of("minilm-32x128", "400", "500", "0.80"),
                        List.of("minilm-32x128, bfloat16", "100", "500", "0.20"));
        assertThat(titled("Memory of the same").rows())
                .containsExactly(List.of("minilm-32x128", "700.0", "1,400.0", "0.50"),
                        List.of("minilm-32x128, bfloat16", "350.0", "1,400.0", "0.25"));
    }

    @Test
    void methodsAgainstFull() {
        Table table = titled("minilm, 32 x 128 tokens, float32");
        assertThat(table.titles()).containsExactly("Method", "Library", "ms a step", "of full", "tokens/s", "peak MiB",
                "of full", "saved act. MiB", "of full");
        assertThat(table.rows()).containsExactly(
                List.of("full", "FrugalTorch", "800", "1.00", "5,120", "1,000.0", "1.00", "500.0", "1.00"),
                List.of("tokentune-0.25", "FrugalTorch", "400", "0.50", "10,240", "400.0", "0.40", "100.0", "0.20"),
                List.of("full", "PyTorch", "1,000", "1.25", "4,096", "1,100.0", "1.10", "510.0", "1.02"));
    }

    @Test
    void ratesAgainstTheirYardstick() {
        assertThat(titled("safetensors").rows()).containsExactly(List.of("load", "100", "10.0", "0.80"),
                List.of("open", "1.00", "-", "-"), List.of("plainRead", "80.0", "12.5", "1.00"));
        assertThat(titled("NF4").rows().getFirst()).containsExactly("dequantise, float32, 64", "30.0", "33.3", "3.00");
        assertThat(titled("ledger").rows()).containsExactly(List.of("step, never", "1.00 s", "1.00"),
                List.of("step, open", "1.10 s", "1.10"));
        assertThat(titled("Generation").rows()).containsExactly(List.of("llama-15m", "31.3", "32.0"));
        assertThat(titled("Text").rows()).containsExactly(List.of("tokenise", "500", "4,000"));
        assertThat(titled("Products").rows()).containsExactly(List.of("float32-highest, 1024", "10.0", "200"));
        assertThat(titled("Calls").rows()).containsExactly(List.of("bare", "5.00"));
    }

    @Test
    void nothingMeasuredNoTable() {
        assertThat(Tables.of(BenchResults.empty("x", Map.of()))).isEmpty();
    }

    @Test
    void markdown() {
        assertThat(titled("Generation").toMarkdown()).startsWith("""
                ### Generation

                | Model | ms a token | tokens/s |
                |---|--:|--:|
                | llama-15m | 31.3 | 32.0 |
                """);
    }
}
