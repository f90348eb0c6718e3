package org.frugaltorch.finetune.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class MarkdownTableTest {
    @Test
    void numbersStandAtTheRight() {
        String table = MarkdownTable.of(List.of("Method", "MiB"), List.of(List.of("a | b", "1.5"), List.of("c", "-")));
        assertThat(table).isEqualTo("""
                | Method | MiB |
                |---|--:|
                | a \\| b | 1.5 |
                | c | - |
                """);
    }

    @Test
    void rowsMustFit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MarkdownTable.of(List.of("a"), List.of(List.of("1", "2"))))
                .withMessageContaining("[1, 2]");
    }
}
