package org.frugaltorch.finetune.quant;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.stream.IntStream;
import org.frugaltorch.tensor.DType;

/**
 * From four bits back to numbers, written straight to where they are needed. A block's 16 possible values are computed
 * once; a byte then becomes two of them in one write.
 */
final class BlockDequantiser {
    private static final int BLOCKS_A_TASK = 1024;
    private static final int PAIRS = BlockQuantiser.BLOCK / 2;
    private static final int LONG_BYTES = 8;
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private BlockDequantiser() {}

    /** Whether numbers of this type can be written. */
    static boolean writes(DType type) {
        return LITTLE_ENDIAN && (type == DType.FLOAT32 || type == DType.BFLOAT16 || type == DType.FLOAT16);
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
        long[] low = new long[values.length]; // first of a pair: lower address
        long[] high = new long[values.length];
        for (int block = start; block < end; block++) {
            for (int code = 0; code < values.length; code++) {
                long bits = Float.floatToRawIntBits(values[code] * absmax[block]) & 0xffffffffL;
                low[code] = bits;
                high[code] = bits << 32;
            }
            long from = (long) block * PAIRS;
            long to = (long) block * BlockQuantiser.BLOCK * Float.BYTES;
            for (int word = 0; word < PAIRS; word += LONG_BYTES) {
                long bytes = packed.get(JAVA_LONG_UNALIGNED, from + word);
                for (int i = 0; i < LONG_BYTES; i++) {
                    int pair = (int) (bytes >>> 8 * i);
                    target.set(JAVA_LONG_UNALIGNED, to + (long) (word + i) * Long.BYTES,
                            low[pair >>> 4 & 15] | high[pair & 15]);
                }
            }
        }
    }

    private static void narrow(float[] values, MemorySegment packed, float[] absmax, MemorySegment target, DType type,
            int start, int end) {
        int[] low = new int[values.length];
        int[] high = new int[values.length];
        for (int block = start; block < end; block++) {
            for (int code = 0; code < values.length; code++) {
                int bits = bits(type, values[code] * absmax[block]);
                low[code] = bits;
                high[code] = bits << 16;
            }
            long from = (long) block * PAIRS;
            long to = (long) block * BlockQuantiser.BLOCK * Short.BYTES;
            for (int word = 0; word < PAIRS; word += LONG_BYTES) {
                long bytes = packed.get(JAVA_LONG_UNALIGNED, from + word);
                for (int i = 0; i < LONG_BYTES; i++) {
                    int pair = (int) (bytes >>> 8 * i);
                    target.set(JAVA_INT_UNALIGNED, to + (long) (word + i) * Integer.BYTES,
                            low[pair >>> 4 & 15] | high[pair & 15]);
                }
            }
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
        for (int i = 0; i < absmax.length; i++) {
            absmax[i] = codeBook[codes[i] & 0xff] * nestedAbsmax[i / nestedBlock] + offset;
        }
        return absmax;
    }
}
