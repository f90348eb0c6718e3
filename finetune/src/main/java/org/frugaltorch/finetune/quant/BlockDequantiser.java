package org.frugaltorch.finetune.quant;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.frugaltorch.tensor.DType;

/**
 * From four bits back to numbers, written straight to where they are needed. A block's 16 possible values are computed
 * once; a byte then becomes two of them.
 */
final class BlockDequantiser {
    private static final int BLOCKS_A_TASK = 1024;
    private static final int PAIRS = BlockQuantiser.BLOCK / 2;
    /** The compiler leaves out the checks of an index below 16 only where it sees that the table has 16 places. */
    private static final int CODES = 16;
    /** Numbers are put together in a small array and copied from there: one check of the target, not one for each. */
    private static final int BLOCKS_AT_ONCE = 16;

    private BlockDequantiser() {}

    /** Whether numbers of this type can be written. */
    static boolean writes(DType type) {
        return type == DType.FLOAT32 || type == DType.BFLOAT16 || type == DType.FLOAT16;
    }

    /**
     * Dequantises.
     *
     * @param values of the 16 codes
     * @param target receives {@code count} numbers of type float32, bfloat16 or float16
     */
    static void dequantise(float[] values, MemorySegment packed, float[] absmax, MemorySegment target, DType type,
            long count) {
        int blocks = absmax.length;
        int tasks = BlockQuantiser.blocks(blocks, BLOCKS_A_TASK);
        IntStream.range(0, tasks).parallel().forEach(task -> {
            int end = Math.min(blocks, (task + 1) * BLOCKS_A_TASK);
            int start = task * BLOCKS_A_TASK;
            // The last block may be short or odd: it goes number by number.
            int whole = (long) end * BlockQuantiser.BLOCK <= count ? end : end - 1;
            if (type == DType.FLOAT32) {
                wide(values, packed, absmax, target, start, whole);
            } else {
                narrow(values, packed, absmax, target, type, start, whole);
            }
            if (whole < end) {
                rest(values, packed, absmax[whole], target, type, (long) whole * BlockQuantiser.BLOCK, count);
            }
        });
    }

    private static void wide(float[] values, MemorySegment packed, float[] absmax, MemorySegment target, int start, int end) {
        float[] scaled = new float[CODES];
        byte[] pairs = new byte[BLOCKS_AT_ONCE * PAIRS];
        float[] numbers = new float[2 * pairs.length];
        for (int first = start; first < end; first += BLOCKS_AT_ONCE) {
            int blocks = Math.min(BLOCKS_AT_ONCE, end - first);
            MemorySegment.copy(packed, JAVA_BYTE, (long) first * PAIRS, pairs, 0, blocks * PAIRS);
            for (int block = 0; block < blocks; block++) {
                for (int code = 0; code < CODES; code++) {
                    scaled[code] = values[code] * absmax[first + block];
                }
                for (int i = block * PAIRS; i < (block + 1) * PAIRS; i++) {
                    int pair = pairs[i];
                    numbers[2 * i] = scaled[pair >>> 4 & 15];
                    numbers[2 * i + 1] = scaled[pair & 15];
                }
            }
            MemorySegment.copy(numbers, 0, target, JAVA_FLOAT_UNALIGNED,
                    (long) first * BlockQuantiser.BLOCK * Float.BYTES, blocks * BlockQuantiser.BLOCK);
        }
    }

    private static void narrow(float[] values, MemorySegment packed, float[] absmax, MemorySegment target, DType type,
            int start, int end) {
        int[] scaled = new int[CODES];
        byte[] pairs = new byte[BLOCKS_AT_ONCE * PAIRS];
        short[] numbers = new short[2 * pairs.length];
        for (int first = start; first < end; first += BLOCKS_AT_ONCE) {
            int blocks = Math.min(BLOCKS_AT_ONCE, end - first);
            MemorySegment.copy(packed, JAVA_BYTE, (long) first * PAIRS, pairs, 0, blocks * PAIRS);
            for (int block = 0; block < blocks; block++) {
                for (int code = 0; code < CODES; code++) {
                    scaled[code] = bits(type, values[code] * absmax[first + block]);
                }
                for (int i = block * PAIRS; i < (block + 1) * PAIRS; i++) {
                    int pair = pairs[i];
                    numbers[2 * i] = (short) scaled[pair >>> 4 & 15];
                    numbers[2 * i + 1] = (short) scaled[pair & 15];
                }
            }
            MemorySegment.copy(numbers, 0, target, JAVA_SHORT_UNALIGNED,
                    (long) first * BlockQuantiser.BLOCK * Short.BYTES, blocks * BlockQuantiser.BLOCK);
        }
    }

    private static void rest(float[] values, MemorySegment packed, float scale, MemorySegment target, DType type, long start,
            long count) {
        for (long i = start; i < count; i++) {
            int pair = packed.get(JAVA_BYTE, i / 2);
            float value = values[(i % 2 == 0 ? pair >>> 4 : pair) & 15] * scale;
            if (type == DType.FLOAT32) {
                target.set(JAVA_INT_UNALIGNED, i * Float.BYTES, Float.floatToRawIntBits(value));
            } else {
                target.set(JAVA_SHORT_UNALIGNED, i * Short.BYTES, (short) bits(type, value));
            }
        }
    }

    /** The 16 bits of a number, in the lower half. */
    private static int bits(DType type, float value) {
        return type == DType.BFLOAT16 ? BFloat16.bits(value) & 0xffff : Float.floatToFloat16(value) & 0xffff;
    }

    /** Scales back from eight bits. */
    static float[] restoreScales(byte[] codes, float[] codeBook, float[] nestedAbsmax, int nestedBlock, float offset) {
        float[] absmax = new float[codes.length];
        for (int start = 0; start < absmax.length; start += nestedBlock) {
            float scale = nestedAbsmax[start / nestedBlock];
            for (int i = start; i < Math.min(start + nestedBlock, absmax.length); i++) {
                absmax[i] = codeBook[codes[i] & 0xff] * scale + offset;
            }
        }
        return absmax;
    }
}
