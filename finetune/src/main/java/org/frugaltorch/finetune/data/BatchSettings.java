package org.frugaltorch.finetune.data;

import java.util.ArrayList;
import java.util.List;

/**
 * How examples are grouped.
 *
 * @param batchSize    examples a batch; the last one may have fewer
 * @param shuffle      whether the order changes from epoch to epoch; otherwise it is that of the examples
 * @param seed         of the shuffling: the same seed and epoch always give the same batches
 * @param bucketWindow batches within which examples are sorted by length, so that little is padding; 0 for no sorting
 * @param padId        token id that fills rows up
 * @param fixedWidth   tokens of every row, or 0 for the longest example of the batch
 */
public record BatchSettings(int batchSize, boolean shuffle, long seed, int bucketWindow, int padId, int fixedWidth) {
    /** A window large enough to make padding rare and small enough to keep batches random. */
    public static final int USUAL_WINDOW = 50;

    /** @throws IllegalArgumentException naming every setting that is out of range */
    public BatchSettings {
        List<String> problems = new ArrayList<>();
        if (batchSize < 1) {
            problems.add("the batch size must be at least 1, but is " + batchSize);
        }
        if (bucketWindow < 0) {
            problems.add("the bucket window must be at least 0 batches, but is " + bucketWindow);
        }
        if (padId < 0) {
            problems.add("the padding id must be at least 0, but is " + padId);
        }
        if (fixedWidth < 0) {
            problems.add("the fixed width must be at least 0 tokens, but is " + fixedWidth);
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** For training: shuffled, bucketed by length, padded to the longest of the batch. */
    public static BatchSettings training(int batchSize, long seed, int padId) {
        return new BatchSettings(batchSize, true, seed, USUAL_WINDOW, padId, 0);
    }

    /** For evaluation: no shuffling; bucketed over everything, as order does not matter there. */
    public static BatchSettings evaluation(int batchSize, int padId) {
        return new BatchSettings(batchSize, false, 0, Integer.MAX_VALUE, padId, 0);
    }

    /** These settings with all rows {@code width} tokens wide. */
    public BatchSettings withFixedWidth(int width) {
        return new BatchSettings(batchSize, shuffle, seed, bucketWindow, padId, width);
    }
}
