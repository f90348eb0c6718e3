package org.frugaltorch.jmh.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class BenchReportTest {
    @TempDir
    private Path folder;

    @Test
    void writesAPageAndMarkdown() throws Exception {
        new BenchReport(SampleResults.all()).write(folder);

        Document page = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(folder.resolve("report.html").toFile());
        assertThat(page.getElementsByTagName("img").getLength()).isEqualTo(5);
        assertThat(page.getElementsByTagName("table").getLength()).isEqualTo(2 + Tables.of(SampleResults.all()).size());
        assertThat(page.getDocumentElement().getTextContent())
                .contains("Fast One", "./frugal bench --report", "0.1, libtorch 2.7", "JavaCPP is left out");
        assertThat(Files.readString(folder.resolve("report.html"))).doesNotContain("http");

        String markdown = Files.readString(folder.resolve("tables.md"));
        assertThat(markdown)
                .startsWith("`./frugal bench --report`, on Fast One (2 threads, avx2), 8 GiB; DJL 0.1, libtorch 2.7.")
                .contains("### Operators", "| add | 620 |", "Not measured: JavaCPP is left out");
    }
}
