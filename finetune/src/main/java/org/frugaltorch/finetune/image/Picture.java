package org.frugaltorch.finetune.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import org.frugaltorch.io.DataException;

/**
 * A decoded picture.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb red, green and blue of every pixel, row by row [height * width * 3]
 */
record Picture(int width, int height, byte[] rgb) {
    static final int CHANNELS = 3;

    private static final int LARGEST_SIDE = 1 << 15;

    /**
     * Decodes a file; transparency is dropped, grey becomes three equal channels.
     *
     * @throws DataException if it is no picture that Java can read, or is torn
     */
    static Picture read(Path file) {
        try (ImageInputStream stream = new FileImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new DataException(
                        file + " is no picture of a known kind; known are PNG, JPEG, GIF, BMP and TIFF");
            }
            ImageReader reader = readers.next();
            try {
                return decode(file, reader, stream);
            } finally {
                reader.dispose();
            }
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException damaged) {
            throw new DataException(file + " is no picture that can be read, it may be torn: " + damaged.getMessage(),
                    damaged);
        }
    }

    private static Picture decode(Path file, ImageReader reader, ImageInputStream stream) throws IOException {
        reader.setInput(stream, true, true);
        boolean[] torn = new boolean[1];
        // A JPEG that ends early is filled up with grey, with no more than a warning.
        reader.addIIOReadWarningListener((source, warning) ->
                torn[0] |= warning.toLowerCase(Locale.ROOT).contains("premature"));
        if (reader.getWidth(0) > LARGEST_SIDE || reader.getHeight(0) > LARGEST_SIDE) {
            throw new DataException(file + " has " + reader.getWidth(0) + " x " + reader.getHeight(0)
                    + " pixels, more than " + LARGEST_SIDE + " a side");
        }
        BufferedImage image = reader.read(0);
        if (torn[0]) {
            throw new DataException(file + " is torn: the picture ends before its last row");
        }
        return of(image);
    }

    static Picture of(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), CHANNELS)];
        boolean grey = image.getType() == BufferedImage.TYPE_BYTE_GRAY;
        Raster raster = image.getRaster();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                // Java takes grey for linear light and would brighten it.
                int value = grey ? raster.getSample(x, y, 0) * 0x010101 : image.getRGB(x, y);
                int at = (y * width + x) * CHANNELS;
                rgb[at] = (byte) (value >> 16);
                rgb[at + 1] = (byte) (value >> 8);
                rgb[at + 2] = (byte) value;
            }
        }
        return new Picture(width, height, rgb);
    }
}
