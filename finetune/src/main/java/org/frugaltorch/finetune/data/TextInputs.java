package org.frugaltorch.finetune.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.model.TokenBatch;

/**
 * Tokenised texts, padded to one width a batch.
 *
 * @param encodings one a text
 */
public record TextInputs(List<Encoding> encodings) implements Inputs {
    public TextInputs {
        encodings = List.copyOf(encodings);
    }

    @Override
    public int count() {
        return encodings.size();
    }

    @Override
    public int length(int example) {
        return encodings.get(example).length();
    }

    @Override
    public TokenBatch batch(int[] examples, BatchSettings settings) {
        int longest = IntStream.of(examples).map(this::length).max().orElse(0);
        int width = settings.fixedWidth() > 0 ? settings.fixedWidth() : longest;
        long[] ids = new long[Math.multiplyExact(examples.length, width)]; // [B * T]
        boolean[] valid = new boolean[ids.length];
        long[] types = new long[ids.length];
        Arrays.fill(ids, settings.padId());
        for (int row = 0; row < examples.length; row++) {
            Encoding encoding = encodings.get(examples[row]);
            for (int column = 0; column < encoding.length(); column++) {
                int at = row * width + column;
                ids[at] = encoding.ids()[column];
                valid[at] = true;
                types[at] = encoding.typeIds()[column];
            }
        }
        return new TokenBatch(examples.length, width, ids, valid, types);
    }
}
