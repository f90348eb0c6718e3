package org.frugaltorch.finetune.quant;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Code books of four bits: which 16 values in [-1, 1] a weight can take, relative to the largest of its block. */
public enum FourBitFormat {
    /**
     * Quantiles of the normal distribution with an exact zero ("QLoRA: Efficient Finetuning of Quantized LLMs", 2023).
     */
    NF4(7, 16, -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f,
            -0.18477343022823334f, -0.09105003625154495f, 0.0f, 0.07958029955625534f, 0.16093020141124725f,
            0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f,
            0.7229568362236023f, 1.0f) {
        @Override
        int code(float scaled) {
            return nearest.code(scaled);
        }
    },
    /** Floating-point numbers of four bits: the high bit is the sign, the others choose one of eight magnitudes. */
    FP4(0, 8, 0f, 0.0625f / 12, 8f / 12, 12f / 12, 4f / 12, 6f / 12, 2f / 12, 3f / 12,
            0f, -0.0625f / 12, -8f / 12, -12f / 12, -4f / 12, -6f / 12, -2f / 12, -3f / 12) {
        @Override
        int code(float scaled) {
            int sign = scaled < 0 ? 0b1000 : 0;
            return nearest.code(Math.abs(scaled)) | sign;
        }
    };

    final NearestCode nearest;
    private final int zeroCode;
    private final float[] values;

    /** @param searched how many codes, from 0, {@link #nearest} chooses from */
    FourBitFormat(int zeroCode, int searched, float... values) {
        this.zeroCode = zeroCode;
        this.values = values;
        this.nearest = new NearestCode(Arrays.copyOf(values, searched));
    }

    /** The code whose value is nearest to {@code scaled}, in [-1, 1]. */
    abstract int code(float scaled);

    /** The code of zero, which also fills up an odd end. */
    int zeroCode() {
        return zeroCode;
    }

    /** The values of codes 0 to 15. */
    public float[] codeBook() {
        return values.clone();
    }

    /** The name in a checkpoint: {@code nf4} or {@code fp4}. */
    public String checkpointName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The format of that name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static FourBitFormat named(String checkpointName) {
        return Arrays.stream(values()).filter(f -> f.checkpointName().equals(checkpointName)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Unknown four-bit format '" + checkpointName
                        + "': known are "
                        + Arrays.stream(values()).map(FourBitFormat::checkpointName).collect(Collectors.joining(", "))));
    }

    /**
     * Finds the nearest of a few values in two look-ups. Neighbouring middles between values are further apart than a
     * cell is wide, so a cell holds one middle at most.
     */
    static final class NearestCode {
        private static final int CELLS_PER_UNIT = 16;

        private final float[] middle = new float[2 * CELLS_PER_UNIT + 1];
        private final byte[] below = new byte[middle.length];
        private final byte[] above = new byte[middle.length];

        private NearestCode(float[] values) {
            int[] ascending = IntStream.range(0, values.length).boxed()
                    .sorted(Comparator.comparing(code -> values[code]))
                    .mapToInt(Integer::intValue).toArray();
            for (int cell = 0; cell < middle.length; cell++) {
                float start = (float) (cell - CELLS_PER_UNIT) / CELLS_PER_UNIT;
                int first = 0;
                while (first < ascending.length - 2 && middle(values, ascending, first) < start) {
                    first++;
                }
                below[cell] = (byte) ascending[first];
                above[cell] = (byte) ascending[first + 1];
                middle[cell] = middle(values, ascending, first);
            }
        }

        private static float middle(float[] values, int[] ascending, int i) {
            return (float) (((double) values[ascending[i]] + values[ascending[i + 1]]) / 2);
        }

        int code(float scaled) {
            int cell = (int) ((scaled + 1) * CELLS_PER_UNIT);
            return scaled > middle[cell] ? above[cell] : below[cell];
        }
    }
}
