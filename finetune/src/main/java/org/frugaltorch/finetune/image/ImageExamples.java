package org.frugaltorch.finetune.image;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.frugaltorch.finetune.classification.LabelledTokens;
import org.frugaltorch.finetune.classification.Targets;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Inputs;
import org.frugaltorch.finetune.model.ImagePatches;
import org.frugaltorch.finetune.model.TokenBatch;

/**
 * Pictures as examples. Files are decoded when a batch needs them; resized pictures are kept, 8 bits a number, as far
 * as there is room, so that only large sets are decoded at every visit.
 */
public final class ImageExamples implements Inputs {
    private static final long MOST_BYTES_KEPT = Math.min(Runtime.getRuntime().maxMemory() / 4, 1L << 31);

    private final ImageProcessor processor;
    private final List<Path> files;
    private final Map<Integer, byte[]> kept = new ConcurrentHashMap<>();
    private final long mostKept;

    private ImageExamples(ImageProcessor processor, List<Path> files) {
        this.processor = processor;
        this.files = files;
        this.mostKept = MOST_BYTES_KEPT / processor.layout().length();
    }

    /** Pictures with their classes. */
    public static LabelledTokens of(ImageProcessor processor, ImageFolder folder) {
        return new LabelledTokens(new ImageExamples(processor, folder.files()),
                new Targets.Classes(folder.labels(), folder.classes().size()));
    }

    @Override
    public int count() {
        return files.size();
    }

    @Override
    public int length(int example) {
        return 1 + processor.layout().patches();
    }

    @Override
    public TokenBatch batch(int[] examples, BatchSettings settings) {
        int length = processor.layout().length();
        float[] pixels = new float[Math.multiplyExact(examples.length, length)];
        for (int row = 0; row < examples.length; row++) {
            processor.normalise(picture(examples[row]), pixels, row * length);
        }
        return ImagePatches.batch(pixels, processor.layout());
    }

    private byte[] picture(int example) {
        byte[] before = kept.get(example);
        if (before != null) {
            return before;
        }
        byte[] decoded = processor.pixels(files.get(example));
        if (kept.size() < mostKept) {
            kept.put(example, decoded);
        }
        return decoded;
    }
}
