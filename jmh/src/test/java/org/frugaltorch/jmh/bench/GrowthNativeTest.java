package org.frugaltorch.jmh.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.assertj.core.data.Percentage;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowthNativeTest {
    private static final Growth TINY = Growth.of(Preset.TINY);
    private static final double HEAD_PERCENT = 1.5; // a few numbers a sequence, which count on a toy

    @TempDir
    private Path folder;

    @Test
    void followsTheFormulaAndIsReported() throws Exception {
        long handles = TensorScope.liveHandles();
        List<String> lines = new ArrayList<>();
        List<GrowthPoint> points = TINY.run(lines::add);
        assertThat(TensorScope.liveHandles()).isEqualTo(handles);
        assertThat(points).hasSize(3 * 2 * 5 + 2 * 3).hasSameSizeAs(lines);
        for (GrowthPoint point : points) {
            assertThat((double) point.savedBytes()).as(point.toString())
                    .isCloseTo(point.formulaBytes(), Percentage.withPercentage(HEAD_PERCENT));
            assertThat(point.seconds()).isPositive();
            assertThat(point.peakBytes()).isGreaterThan(point.savedBytes());
        }
        GrowthReport report = new GrowthReport("./frugal bench --growth", TINY.shape(), points);
        assertThat(report.bends()).isEmpty();
        report.write(folder);
        var page = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(folder.resolve("growth.html").toFile());
        assertThat(page.getElementsByTagName("img").getLength()).isEqualTo(4 * 3);
        assertThat(Files.readString(folder.resolve("growth.md")))
                .contains("Growth by layers, bert-tiny", "tokentune-0.25");
        assertThat(Files.readString(folder.resolve("growth.json"))).contains("\"formulaBytes\"");
    }

    @Test
    void bendsAreFound() {
        GrowthPoint straight = new GrowthPoint("batch", 1, "full", 10, 1000, 1001, 2000, 1);
        GrowthPoint bent = new GrowthPoint("batch", 2, "full", 20, 2200, 2002, 4000, 2);
        assertThat(new GrowthReport("x", "minilm", List.of(straight, bent)).bends()).containsExactly(bent);
    }
}
