package org.frugaltorch.finetune.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.frugaltorch.finetune.train.RunRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlReportTest {
    private static final String PNG = "data:image/png;base64,";

    @TempDir
    Path folder;

    @Test
    void showsEachMethodWithItsFigures() throws Exception {
        ReportContent content = SampleReport.content();
        Path file = folder.resolve("report.html");
        HtmlReport.write(file, content);
        Document page = parse(Files.readString(file));

        assertThat(texts(page, "title")).containsExactly("TokenTune on SST-2");
        assertThat(texts(page, "h3")).containsExactly("full", "tokentune-0.25", "lora-8", "tokentune-0.25+lora-8+nf4",
                "Peak memory", "Throughput", "Accuracy against memory", "Memory by part and phase", "Training loss", "Accuracy by step");
        assertThat(texts(page, "td")).contains("0.9120", "734.0", "54.8 %", "2e-5");
        for (Element picture : elements(page, "img")) {
            assertThat(picture.getAttribute("alt")).contains("full", "tokentune-0.25", "lora-8").hasSizeGreaterThan(80);
        }
    }

    @Test
    void holdsPicturesThatDecodeAndAreNotBlank() throws Exception {
        Document page = parse(HtmlReport.render(SampleReport.content()));

        assertThat(elements(page, "img")).hasSize(6);
        for (Element picture : elements(page, "img")) {
            BufferedImage image = decode(picture);
            assertThat(image.getWidth()).isEqualTo(2 * ChartStyle.WIDTH);
            int drawn = countColor(image, ChartStyle.color(0).getRGB()) + countColor(image, ChartStyle.NEUTRAL.getRGB());
            assertThat(drawn).as(picture.getAttribute("alt"))
                    .isGreaterThan(200);
        }
    }

    @Test
    void needsNothingFromOutside() {
        assertThat(HtmlReport.render(SampleReport.content())).doesNotContain("http:").doesNotContain("https:")
                .doesNotContain("<script").doesNotContain("<link");
    }

    @Test
    void escapesWhateverNamesHold() throws Exception {
        RunSummary odd = new RunSummary("<b>&\"odd\"\u0001", 0.5, 0.5, 1 << 20, 1, 1, 1, 1, 1, 1, null, null,
                Map.of("<key>", "a & b"));
        ReportContent content = new ReportContent("1 < 2 & 3", "", Map.of(), List.of(new ReportContent.Run(odd, List.of())));

        Document page = parse(HtmlReport.render(content));

        assertThat(texts(page, "h1")).containsExactly("1 < 2 & 3");
        assertThat(texts(page, "h3")).first().isEqualTo("<b>&\"odd\"\uFFFD");
        assertThat(texts(page, "td")).contains("a & b");
    }

    @Test
    void leavesOutPicturesWithoutValues() throws Exception {
        RunSummary bare = new RunSummary("full", Double.NaN, Double.NaN, -1, -1, -1, -1, -1, Double.NaN, Double.NaN, null,
                null, null);
        List<RunRecord> log = List.of(new RunRecord.Step(1, 0, Double.NaN, 0, 0, 0, -1, -1, -1, 0),
                new RunRecord.Evaluation(1, 0, Map.of("accuracy", Double.NaN)));

        Document page = parse(HtmlReport.render(
                new ReportContent("Bare", "", Map.of(), List.of(new ReportContent.Run(bare, log)))));

        assertThat(elements(page, "img")).isEmpty();
        assertThat(texts(page, "h2")).containsExactly("Results");
    }

    @Test
    void drawsARunOfOneStep() throws Exception {
        RunSummary one = new RunSummary("full", 1, 1, 5 << 20, 0, 0, 0, 0, 10, 1, null, null, null);
        List<RunRecord> log = List.of(new RunRecord.Step(1, 1, 0.5, 0, 0, 0, -1, -1, -1, 0),
                new RunRecord.Evaluation(1, 0, Map.of("accuracy", 1.0)));

        Document page = parse(HtmlReport.render(
                new ReportContent("One", "", Map.of(), List.of(new ReportContent.Run(one, log)))));

        assertThat(elements(page, "img")).hasSize(5);
        for (Element picture : elements(page, "img")) {
            decode(picture);
        }
    }

    @Test
    void rejectsAReportOfNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReportContent("Nothing", "", Map.of(), List.of()))
                .withMessageContaining("no result");
    }

    private static BufferedImage decode(Element picture) throws Exception {
        String source = picture.getAttribute("src");
        assertThat(source).startsWith(PNG);
        return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(source.substring(PNG.length()))));
    }

    private static int countColor(BufferedImage image, int rgb) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += image.getRGB(x, y) == rgb ? 1 : 0;
            }
        }
        return count;
    }

    private static Document parse(String html) throws Exception {
        DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        builder.setErrorHandler(null);
        return builder.parse(new InputSource(new StringReader(html)));
    }

    private static List<Element> elements(Document page, String name) {
        NodeList nodes = page.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static List<String> texts(Document page, String name) {
        return elements(page, name).stream().map(Element::getTextContent).toList();
    }
}
