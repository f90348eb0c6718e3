package org.frugaltorch.finetune.quant;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.frugaltorch.tensor.DType;

/**
 * From numbers to four bits: a block of 64 in a row shares a scale, its largest magnitude, and every number becomes the
 * code nearest to it relative to that scale. Works on memory, blocks in parallel.
 */
final class BlockQuantiser {
    /** Numbers that share a scale. */
    static final int BLOCK = 64;
    /** Scales that share a scale of theirs when they are quantised too. */
    static final int NESTED_BLOCK = 256;

    private static final int BLOCKS_A_TASK = 512;

    private BlockQuantiser() {}

    /** Number of blocks that {@code count} numbers need. */
    static int blocks(long count, int block) {
        return Math.toIntExact((count + block - 1) / block);
    }

    /**
     * Quantises.
     *
     * @param source {@code count} numbers of type float32, float16 or bfloat16
     * @param packed receives two codes a byte, the earlier in the high half
     * @param absmax receives one float32 a block
     * @throws IllegalArgumentException when a number is infinite or NaN
     */
    static void quantise(FourBitFormat format, MemorySegment source, DType type, long count, MemorySegment packed,
            MemorySegment absmax) {
        int blocks = blocks(count, BLOCK);
        boolean finite = IntStream.range(0, blocks(blocks, BLOCKS_A_TASK)).parallel().allMatch(task -> {
            float[] values = new float[BLOCK];
            int end = Math.min(blocks, (task + 1) * BLOCKS_A_TASK);
            for (int block = task * BLOCKS_A_TASK; block < end; block++) {
                long start = (long) block * BLOCK;
                int length = (int) Math.min(BLOCK, count - start);
                read(source, type, start, length, values);
                float scale = largestMagnitude(values, length);
                absmax.setAtIndex(JAVA_FLOAT, block, scale);
                if (!Float.isFinite(scale)) {
                    return false;
                }
                pack(format, values, length, scale, packed, start / 2);
            }
            return true;
        });
        if (!finite) {
            throw new IllegalArgumentException("A weight that is infinite or no number cannot be quantised");
        }
    }

    private static void read(MemorySegment source, DType type, long start, int length, float[] values) {
        switch (type) {
            case FLOAT32 -> MemorySegment.copy(source, JAVA_FLOAT_UNALIGNED, start * Float.BYTES, values, 0, length);
            case FLOAT16 -> {
                for (int i = 0; i < length; i++) {
                    values[i] = Float.float16ToFloat(source.get(JAVA_SHORT_UNALIGNED, (start + i) * Short.BYTES));
                }
            }
            case BFLOAT16 -> {
                for (int i = 0; i < length; i++) {
                    values[i] = BFloat16.toFloat(source.get(JAVA_SHORT_UNALIGNED, (start + i) * Short.BYTES));
                }
            }
            default -> throw new IllegalArgumentException("Only float32, float16 and bfloat16 weights can be quantised, not "
                    + type.torchName());
        }
    }

    /** NaN when one of them is. */
    private static float largestMagnitude(float[] values, int length) {
        float largest = 0;
        for (int i = 0; i < length; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    private static void pack(FourBitFormat format, float[] values, int length, float scale, MemorySegment packed, long at) {
        for (int i = 0; i < length; i += 2) {
            int high = code(format, values[i], scale);
            int low = i + 1 < length ? code(format, values[i + 1], scale) : format.zeroCode();
            packed.set(JAVA_BYTE, at + i / 2, (byte) (high << 4 | low));
        }
    }

    private static int code(FourBitFormat format, float value, float scale) {
        return scale == 0 ? format.zeroCode() : format.code(value / scale);
    }

    /**
     * Quantises scales to eight bits in blocks of 256, after their mean was subtracted.
     *
     * @param codes receives one byte a scale
     * @return one scale a block of scales
     */
    static float[] quantiseScales(float[] absmax, float offset, byte[] codes) {
        float[] codeBook = DynamicCodeBook.values();
        float[] nested = new float[blocks(absmax.length, NESTED_BLOCK)];
        for (int block = 0; block < nested.length; block++) {
            int start = block * NESTED_BLOCK;
            int end = Math.min(absmax.length, start + NESTED_BLOCK);
            for (int i = start; i < end; i++) {
                nested[block] = Math.max(nested[block], Math.abs(absmax[i] - offset));
            }
            for (int i = start; i < end; i++) {
                double scaled = nested[block] == 0 ? 0 : (double) (absmax[i] - offset) / nested[block];
                codes[i] = (byte) DynamicCodeBook.nearest(codeBook, scaled);
            }
        }
        return nested;
    }

    /** The mean in double precision. */
    static float mean(float[] absmax) {
        double sum = 0;
        for (float scale : absmax) {
            sum += scale;
        }
        return (float) (sum / absmax.length);
    }
}
