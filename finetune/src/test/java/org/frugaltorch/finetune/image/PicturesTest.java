package org.frugaltorch.finetune.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.frugaltorch.finetune.data.LabelSet;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.ImageLayout;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoding, resizing, normalising, and finding pictures. */
class PicturesTest {
    @TempDir
    private Path folder;

    private Path picture(String name, String format, int type) throws IOException {
        BufferedImage image = new BufferedImage(40, 30, type);
        for (int y = 0; y < 30; y++) {
            for (int x = 0; x < 40; x++) {
                image.setRGB(x, y, new Color(6 * x, 8 * y, (x * y) % 200).getRGB());
            }
        }
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, format, file.toFile());
        return file;
    }

    @ParameterizedTest
    @CsvSource({"BILINEAR,smaller,8,12", "BILINEAR,larger,30,40", "BILINEAR,mixed,40,9", "BICUBIC,smaller,8,12",
            "BICUBIC,larger,30,40", "BICUBIC,mixed,40,9"})
    void resizingEqualsAntialiasedInterpolation(Resampling resampling, String size, int height, int width) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("images")) {
            Picture picture = new Picture(23, 17, bytes(golden.tensor("picture").toLongs()));
            String name = resampling.name().toLowerCase(Locale.ROOT) + "." + size;
            byte[] expected = bytes(golden.tensor(name).toLongs());
            byte[] actual = resampling.resize(picture, width, height).rgb();
            assertThat(actual).hasSameSizeAs(expected);
            int[] differences = new int[actual.length];
            Arrays.setAll(differences, i -> Math.abs((actual[i] & 0xff) - (expected[i] & 0xff)));
            assertThat(Arrays.stream(differences).max().orElseThrow()).isLessThanOrEqualTo(1); // levels of 255
            assertThat(Arrays.stream(differences).average().orElseThrow()).isLessThan(0.05);
        }
    }

    private static byte[] bytes(long... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({"a.png,png," + BufferedImage.TYPE_INT_RGB, "b.png,png," + BufferedImage.TYPE_INT_ARGB,
            "c.bmp,bmp," + BufferedImage.TYPE_INT_RGB})
    void everyPixelIsReadAsItIs(String name, String format, int type) throws IOException {
        Picture picture = Picture.read(picture(name, format, type));
        assertThat(picture.width()).isEqualTo(40);
        assertThat(picture.height()).isEqualTo(30);
        int at = (7 * 40 + 11) * 3;
        assertThat(new int[] {picture.rgb()[at] & 0xff, picture.rgb()[at + 1] & 0xff, picture.rgb()[at + 2] & 0xff})
                .containsExactly(66, 56, 77);
    }

    @Test
    void greyStaysAsBrightAsItIs() {
        BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSample(0, 0, 0, 100);
        grey.getRaster().setSample(1, 0, 0, 7);
        assertThat(Picture.of(grey).rgb()).containsExactly(100, 100, 100, 7, 7, 7);
    }

    @Test
    void aProcessorScalesAndShiftsAsItsFileSays() throws IOException {
        ImageLayout layout = new ImageLayout(2, 2, 1, 3);
        Files.writeString(folder.resolve("preprocessor_config.json"), """
                {"do_rescale": true, "rescale_factor": 0.01, "do_normalize": true, "image_mean": [0, 0.5, 1],
                 "image_std": [1, 2, 4], "resample": 3, "size": {"height": 2, "width": 2}}""");
        ImageProcessor processor = ImageProcessor.of(folder, layout);
        float[] values = new float[12];
        processor.normalise(new byte[] {100, 50, 0, 0, 0, 0, 0, 0, 0, (byte) 200, 0, 0}, values, 0);
        assertThat(values).containsExactly(1f, 0, 0, 2, 0, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f);
        assertThat(processor.resampling()).isEqualTo(Resampling.BICUBIC);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"size\": 3} | the size 3 x 3 is not that of config.json, 2 x 2",
            "{\"resample\": 5} | the resampling 5 is not supported", "{\"image_mean\": [1]} | must be three numbers",
            "{ | is no valid JSON"})
    void processorsThatAskForOtherThingsAreRefused(String json, String problem) throws IOException {
        Files.writeString(folder.resolve("preprocessor_config.json"), json);
        assertThatThrownBy(() -> ImageProcessor.of(folder, new ImageLayout(2, 2, 1, 3)))
                .isInstanceOf(DataException.class).hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "bmp"})
    void tornPicturesAreRefused(String format) throws IOException {
        Path whole = picture("whole." + format, format, BufferedImage.TYPE_INT_RGB);
        byte[] bytes = Files.readAllBytes(whole);
        Path torn = Files.write(folder.resolve("torn." + format), Arrays.copyOf(bytes, bytes.length * 2 / 3));
        assertThatThrownBy(() -> Picture.read(torn)).isInstanceOf(DataException.class).hasMessageContaining("torn");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFileIsOpenWhileItIsReadAndNoLonger() throws IOException {
        Path whole = picture("whole.png", "png", BufferedImage.TYPE_INT_RGB).toRealPath();
        Path torn = Files.write(whole.resolveSibling("torn.png"), Arrays.copyOf(Files.readAllBytes(whole), 50));
        Picture.read(whole);
        assertThatThrownBy(() -> Picture.read(torn)).isInstanceOf(DataException.class);
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(descriptors.filter(Files::exists).map(PicturesTest::target)).doesNotContain(whole, torn);
        }
    }

    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException closedMeanwhile) {
            return link;
        }
    }

    @Test
    void whatIsNoPictureIsRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("text.png"), "no picture at all");
        assertThatThrownBy(() -> Picture.read(text)).isInstanceOf(DataException.class)
                .hasMessageContaining("text.png is no picture of a known kind");
        assertThatThrownBy(() -> Picture.read(folder.resolve("none.png"))).isInstanceOf(DataException.class);
    }

    @Test
    void foldersAreClasses() throws IOException {
        for (String name : new String[] {"cat/2.png", "cat/10.PNG", "dog/1.png"}) {
            picture(name, "png", BufferedImage.TYPE_INT_RGB);
        }
        Files.writeString(folder.resolve("cat/notes.txt"), "x");
        ImageFolder found = ImageFolder.read(folder, null);
        assertThat(found.classes().names()).containsExactly("cat", "dog");
        assertThat(found.labels()).containsExactly(0, 0, 1);
        LabelSet others = LabelSet.of(List.of("cat", "cow"));
        assertThatThrownBy(() -> ImageFolder.read(folder, others)).isInstanceOf(DataException.class)
                .hasMessageContaining("the class 'dog' is not known from training; known are cat, cow");
        Files.createDirectories(folder.resolve("empty"));
        assertThatThrownBy(() -> ImageFolder.read(folder, null)).hasMessageContaining("empty holds no pictures");
        assertThatThrownBy(() -> ImageFolder.read(folder.resolve("cat"), null)).isInstanceOf(DataException.class)
                .hasMessageContaining("needs one a class, and at least two");
        assertThatThrownBy(() -> ImageFolder.read(folder.resolve("none"), null)).hasMessageContaining("is no folder");
    }
}
