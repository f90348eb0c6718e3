package org.frugaltorch.jmh.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowthReportTest {
    private static final GrowthPoint STRAIGHT = new GrowthPoint("batch", 1, "full", 10, 1000, 1001, 2000, 1);
    private static final GrowthPoint BENT = new GrowthPoint("batch", 2, "full", 20, 2200, 2002, 4000, 2);
    private static final GrowthPoint DEEPER = new GrowthPoint("layers", 4, "full", 20, 2000, 2002, 4000, 2);

    private final GrowthReport report =
            new GrowthReport("./frugal bench --growth", "minilm", List.of(STRAIGHT, BENT, DEEPER));

    @TempDir
    private Path folder;

    @Test
    void bendsAreFound() {
        assertThat(report.bends()).containsExactly(BENT);
    }

    @Test
    void oneTableAnAxis() {
        assertThat(report.tables()).extracting(Table::title)
                .containsExactly("Growth by batch, minilm", "Growth by layers, minilm");
        assertThat(report.tables().getFirst().rows()).containsExactly(
                List.of("full", "1.00", "0.0", "0.0", "-0.1 %", "0.0", "1,000", "0.1", "100,000"),
                List.of("full", "2.00", "0.0", "0.0", "9.9 %", "0.0", "2,000", "0.1", "100,000"));
    }

    @Test
    void curvesForEveryAxis() throws Exception {
        report.write(folder);
        var page = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(folder.resolve("growth.html").toFile());
        assertThat(page.getElementsByTagName("img").getLength()).isEqualTo(2 * 3);
        assertThat(Files.readString(folder.resolve("growth.md")))
                .contains("`./frugal bench --growth`", "Growth by layers");
        assertThat(Files.readString(folder.resolve("growth.json"))).contains("\"formulaBytes\" : 2002");
    }
}
