package org.frugaltorch.finetune.model;

import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.io.DataException;

/**
 * The pictures that a model looks at, and how they are cut into patches. Checks itself and reports all problems
 * together.
 *
 * @param height in pixels
 * @param width in pixels
 * @param patchSize side of a patch in pixels
 * @param channels numbers a pixel
 */
public record ImageLayout(int height, int width, int patchSize, int channels) {
    public ImageLayout {
        List<String> problems = new ArrayList<>();
        if (height < 1 || width < 1) {
            problems.add("image_size must be at least 1, not " + height + " x " + width);
        }
        if (patchSize < 1 || height % patchSize != 0 || width % patchSize != 0) {
            problems.add("patch_size " + patchSize + " does not divide image_size " + height + " x " + width);
        }
        if (channels < 1) {
            problems.add("num_channels must be at least 1, not " + channels);
        }
        if (!problems.isEmpty()) {
            throw new DataException("The model's config.json is not usable: " + String.join("; ", problems));
        }
    }

    /** Patches a picture. */
    public int patches() {
        return height / patchSize * (width / patchSize);
    }

    /** Numbers a patch. */
    public int patchLength() {
        return channels * patchSize * patchSize;
    }

    /** Numbers a picture. */
    public int length() {
        return channels * height * width;
    }
}
