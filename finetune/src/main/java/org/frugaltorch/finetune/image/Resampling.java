package org.frugaltorch.finetune.image;

import java.util.Arrays;

/**
 * How a picture is brought to another size: every new pixel is a weighted mean of old ones, over a wider window where
 * the picture shrinks, first along rows and then along columns. Numbers are those of image processors' configurations.
 */
public enum Resampling {
    /** The nearest pixel. */
    NEAREST(0, 0) {
        @Override
        double weight(double distance) {
            return 1;
        }
    },
    /** A triangle. */
    BILINEAR(2, 1) {
        @Override
        double weight(double distance) {
            return Math.max(0, 1 - Math.abs(distance));
        }
    },
    /** Cubic convolution with slope -0.5 (Keys, 1981). */
    BICUBIC(3, 2) {
        @Override
        double weight(double distance) {
            double x = Math.abs(distance);
            return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
        }
    };

    private final int number;
    private final double support;

    Resampling(int number, double support) {
        this.number = number;
        this.support = support;
    }

    /** Weight of an old pixel by its distance, in the larger pixels of the two sizes. */
    abstract double weight(double distance);

    /**
     * Finds one by its number.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Resampling numbered(int number) {
        return Arrays.stream(values()).filter(each -> each.number == number).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the resampling " + number
                        + " is not supported; supported are 0 (nearest), 2 (bilinear) and 3 (bicubic)"));
    }

    /** The picture in another size, each channel rounded to 8 bits after each direction. */
    Picture resize(Picture picture, int width, int height) {
        byte[] wide = along(picture.rgb(), picture.height(), picture.width(), width, true);
        return new Picture(width, height, along(wide, width, picture.height(), height, false));
    }

    /** Resizes every row (or column) of {@code lines} from {@code from} pixels to {@code to}. */
    private byte[] along(byte[] rgb, int lines, int from, int to, boolean rows) {
        if (from == to) {
            return rgb;
        }
        byte[] result = new byte[lines * to * Picture.CHANNELS];
        for (int target = 0; target < to; target++) {
            Window window = window(target, from, to);
            for (int line = 0; line < lines; line++) {
                for (int channel = 0; channel < Picture.CHANNELS; channel++) {
                    double sum = 0;
                    for (int i = 0; i < window.weights.length; i++) {
                        int pixel = rows ? line * from + window.start + i : (window.start + i) * lines + line;
                        sum += window.weights[i] * (rgb[pixel * Picture.CHANNELS + channel] & 0xff);
                    }
                    int at = rows ? line * to + target : target * lines + line;
                    result[at * Picture.CHANNELS + channel] = (byte) Math.clamp(Math.round(sum), 0, 255);
                }
            }
        }
        return result;
    }

    private record Window(int start, double... weights) {}

    private Window window(int target, int from, int to) {
        double scale = (double) from / to;
        double center = (target + 0.5) * scale;
        if (support == 0) {
            return new Window(Math.min(from - 1, (int) center), 1);
        }
        double stretch = Math.max(1, scale);
        int start = Math.max(0, (int) (center - support * stretch + 0.5));
        int end = Math.min(from, (int) (center + support * stretch + 0.5));
        double[] weights = new double[end - start];
        Arrays.setAll(weights, i -> weight((start + i + 0.5 - center) / stretch));
        double sum = Arrays.stream(weights).sum();
        Arrays.setAll(weights, i -> weights[i] / sum);
        return new Window(start, weights);
    }
}
