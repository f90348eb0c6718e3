package org.frugaltorch.finetune.model;

import java.util.Arrays;

/**
 * Pictures cut into patches, which are a vision model's tokens. A token numbered {@link #CLASS_TOKEN} stands for the
 * whole picture; token {@code i + 1} is patch i of all the patches here, row by row of the batch.
 *
 * @param values patches one after another, each ordered by channel, row and column [B * N * length]
 * @param length numbers a patch
 */
public record ImagePatches(float[] values, int length) {
    /** The token before the patches of a picture. */
    public static final long CLASS_TOKEN = 0;

    /**
     * A batch of pictures.
     *
     * @param pixels [B, channels, height, width]
     * @return tokens [B, 1 + N], none of it padding
     */
    public static TokenBatch batch(float[] pixels, ImageLayout layout) {
        if (pixels.length == 0 || pixels.length % layout.length() != 0) {
            throw new IllegalArgumentException(pixels.length + " numbers are no whole pictures of "
                    + layout.channels() + " x " + layout.height() + " x " + layout.width());
        }
        int rows = pixels.length / layout.length();
        int width = 1 + layout.patches();
        long[] ids = new long[rows * width];
        float[] values = new float[pixels.length];
        for (int row = 0; row < rows; row++) {
            ids[row * width] = CLASS_TOKEN;
            for (int patch = 0; patch < layout.patches(); patch++) {
                int index = row * layout.patches() + patch;
                ids[row * width + 1 + patch] = index + 1L;
                cut(pixels, row, patch, layout, values, index * layout.patchLength());
            }
        }
        boolean[] valid = new boolean[ids.length];
        Arrays.fill(valid, true);
        return new TokenBatch(
                rows, width, ids, valid, new long[ids.length], new ImagePatches(values, layout.patchLength()));
    }

    private static void cut(float[] pixels, int row, int patch, ImageLayout layout, float[] values, int at) {
        int side = layout.patchSize();
        int across = layout.width() / side;
        int top = patch / across * side;
        int left = patch % across * side;
        int to = at;
        for (int channel = 0; channel < layout.channels(); channel++) {
            for (int y = 0; y < side; y++) {
                int from = ((row * layout.channels() + channel) * layout.height() + top + y) * layout.width() + left;
                System.arraycopy(pixels, from, values, to, side);
                to += side;
            }
        }
    }

    /** The patches of some tokens; zeros for a class token. */
    float[] of(long... tokens) {
        float[] result = new float[Math.multiplyExact(tokens.length, length)];
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] != CLASS_TOKEN) {
                System.arraycopy(values, Math.toIntExact((tokens[i] - 1) * length), result, i * length, length);
            }
        }
        return result;
    }
}
