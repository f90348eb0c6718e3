package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders of pictures to a trained vision model. */
class ImageClassifyCommandNativeTest {
    @TempDir
    private Path folder;

    /** Pictures with a bright square at the left or at the right, on noise. */
    private void pictures(String name, int count, long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            boolean left = i % 2 == 0;
            BufferedImage image = new BufferedImage(24, 24, BufferedImage.TYPE_INT_RGB);
            for (int y = 0; y < 24; y++) {
                for (int x = 0; x < 24; x++) {
                    boolean square = y > 7 && y < 17 && (left ? x < 9 : x > 14);
                    int level = random.nextInt(80) + (square ? 170 : 0);
                    image.setRGB(x, y, new Color(level, level, random.nextInt(80)).getRGB());
                }
            }
            Path file = folder.resolve(name).resolve(left ? "left" : "right").resolve(i + ".png");
            Files.createDirectories(file.getParent());
            ImageIO.write(image, "png", file.toFile());
        }
    }

    private CommandRun train(String... more) {
        return CommandRun.of(Stream.concat(
                Stream.of("image-classify", "--model", Golden.directory("vit").toString(), "--train",
                        folder.resolve("train").toString(), "--eval", folder.resolve("eval").toString(), "--out",
                        folder.resolve("out").toString()),
                Arrays.stream(more)).toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({"full,", "tokentune-0.5,--tokentune=0.5"})
    void learnsWhereTheSquareIs(String method, String argument) throws IOException {
        pictures("train", 48, 1);
        pictures("eval", 24, 2);
        String[] usual = {"--epochs", "8", "--batch-size", "8", "--learning-rate", "2e-3"};
        String[] all = argument == null
                ? usual
                : Stream.concat(Arrays.stream(usual), Stream.of(argument)).toArray(String[]::new);
        CommandRun run = train(all);
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode summary = new ObjectMapper().readTree(folder.resolve("out/summary.json").toFile());
        assertThat(summary.path(method).path("accuracy").doubleValue()).isGreaterThan(0.85);
        assertThat(folder.resolve("out/report.html")).exists();
        SequenceClassifierDirectory saved =
                SequenceClassifierDirectory.open(folder.resolve("out").resolve(method).resolve("model"));
        assertThat(saved.savedLabels()).isEqualTo(List.of("left", "right"));
        assertThat(saved.pooling()).isEqualTo(Pooling.CLS);
        try (TensorScope scope = TensorScope.open();
                SequenceClassifier again = saved.loadTrained(DType.FLOAT32, Device.CPU)) {
            assertThat(again.parameters().asMap()).containsKey("classifier.weight");
        }
    }

    @Test
    void learnsByAnAdapterToo() throws IOException {
        pictures("train", 48, 1);
        pictures("eval", 24, 2);
        CommandRun run = train("--epochs", "8", "--batch-size", "8", "--learning-rate", "1e-2", "--lora", "--lean",
                "--tokentune", "0.5");
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode summary = new ObjectMapper().readTree(folder.resolve("out/summary.json").toFile());
        assertThat(summary.path("lora+tokentune-0.5+lean").path("accuracy").doubleValue()).isGreaterThan(0.7);
        Path adapter = folder.resolve("out/lora+tokentune-0.5+lean/model");
        assertThat(adapter.resolve("adapter_config.json")).exists();
        CommandRun merge = CommandRun.of("merge", "--adapter", adapter.toString(), "--out",
                folder.resolve("merged").toString());
        assertThat(merge.exitCode()).as(merge.err()).isZero();
        SequenceClassifierDirectory merged = SequenceClassifierDirectory.open(folder.resolve("merged"));
        assertThat(merged.savedLabels()).isEqualTo(List.of("left", "right"));
        assertThat(merged.pooling()).isEqualTo(Pooling.CLS);
    }

    @Test
    void isMadeReversibleToo() throws IOException {
        pictures("train", 48, 1);
        pictures("eval", 24, 2);
        CommandRun run = train("--epochs", "8", "--batch-size", "8", "--learning-rate", "5e-3", "--meft", "1",
                "--meft-factors", "0.5,1", "--tokentune", "0.5");
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode summary = new ObjectMapper().readTree(folder.resolve("out/summary.json").toFile());
        assertThat(summary.path("meft1+tokentune-0.5").path("peakBytes").longValue()).isPositive();
        assertThat(folder.resolve("out/meft1+tokentune-0.5/model/adapter_config.json")).exists();
    }

    @Test
    void whatCannotBeDoneIsSaidInOneSentence() throws IOException {
        pictures("train", 4, 1);
        pictures("eval", 4, 2);
        Path torn = folder.resolve("train/left/0.png");
        byte[] whole = Files.readAllBytes(torn);
        Files.write(torn, Arrays.copyOf(whole, whole.length / 2));
        assertThat(train("--epochs", "1").sentence()).contains("0.png", "torn");
        Files.write(torn, whole);
        assertThat(train("--resume", "--force").sentence()).contains("give one");
        assertThat(CommandRun.of("image-classify", "--model", Golden.directory("roberta").toString(), "--train", "x",
                "--eval", "y", "--out", "z").sentence()).contains("which reads text; name a vision model such as vit");
    }
}
