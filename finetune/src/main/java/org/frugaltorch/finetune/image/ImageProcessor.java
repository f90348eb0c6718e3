package org.frugaltorch.finetune.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import org.frugaltorch.finetune.model.ImageLayout;
import org.frugaltorch.finetune.text.JsonFile;
import org.frugaltorch.io.DataException;

/**
 * Makes pictures what a model was trained on: of one size, their channels scaled and shifted.
 *
 * @param layout of the model
 * @param resampling how sizes are changed
 * @param factor by which 8-bit values are multiplied
 * @param mean of each channel, taken away
 * @param deviation of each channel, divided by
 */
public record ImageProcessor(
        ImageLayout layout, Resampling resampling, double factor, double[] mean, double[] deviation) {
    private static final String FILE = "preprocessor_config.json";
    private static final double HALF = 0.5;

    /**
     * The processor of a model directory: its {@code preprocessor_config.json}, or ViT's usual values where there is
     * none.
     *
     * @throws DataException if the file is malformed or asks for what is not supported
     */
    public static ImageProcessor of(Path directory, ImageLayout layout) {
        Path file = directory.resolve(FILE);
        if (layout.channels() != Picture.CHANNELS) {
            throw new DataException(directory + " is a model of pictures with " + layout.channels()
                    + " channels; only red, green and blue are supported");
        }
        JsonNode json = JsonFile.readIfThere(file);
        try {
            requireSize(json.path("size"), layout);
            boolean scaled = json.path("do_rescale").asBoolean(true);
            boolean normalised = json.path("do_normalize").asBoolean(true);
            return new ImageProcessor(layout, Resampling.numbered(json.path("resample").asInt(2)),
                    scaled ? json.path("rescale_factor").asDouble(1.0 / 255) : 1,
                    normalised ? channels(json.path("image_mean")) : new double[] {0, 0, 0},
                    normalised ? channels(json.path("image_std")) : new double[] {1, 1, 1});
        } catch (IllegalArgumentException unsupported) {
            throw new DataException(file + ": " + unsupported.getMessage(), unsupported);
        }
    }

    private static void requireSize(JsonNode size, ImageLayout layout) {
        int height = size.isInt() ? size.intValue() : size.path("height").asInt(layout.height());
        int width = size.isInt() ? size.intValue() : size.path("width").asInt(layout.width());
        if (height != layout.height() || width != layout.width()) {
            throw new IllegalArgumentException("the size " + height + " x " + width + " is not that of config.json, "
                    + layout.height() + " x " + layout.width());
        }
    }

    private static double[] channels(JsonNode values) {
        double[] result = new double[Picture.CHANNELS];
        if (values.isMissingNode() || values.isNull()) {
            Arrays.fill(result, HALF);
            return result;
        }
        if (!values.isArray() || values.size() != result.length) {
            throw new IllegalArgumentException("means and deviations must be three numbers, not " + values);
        }
        for (int i = 0; i < result.length; i++) {
            result[i] = values.path(i).doubleValue();
        }
        return result;
    }

    /**
     * A file as the model's own number of 8-bit pixels.
     *
     * @return [height * width * 3]
     * @throws DataException if it is no picture
     */
    byte[] pixels(Path file) {
        return resampling.resize(Picture.read(file), layout.width(), layout.height()).rgb();
    }

    /**
     * Pixels as the model reads them.
     *
     * @param pixels from {@link #pixels}
     * @param to receives [3, height, width]
     * @param at first index in it
     */
    void normalise(byte[] pixels, float[] to, int at) {
        int area = layout.height() * layout.width();
        for (int channel = 0; channel < Picture.CHANNELS; channel++) {
            for (int i = 0; i < area; i++) {
                double value = (pixels[i * Picture.CHANNELS + channel] & 0xff) * factor;
                to[at + channel * area + i] = (float) ((value - mean[channel]) / deviation[channel]);
            }
        }
    }
}
