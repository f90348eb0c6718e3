package org.frugaltorch.finetune.quant;

import java.util.Arrays;

/**
 * The signed code book of eight bits for scales: seven decades, each with twice the values of the one below, so that
 * small numbers keep a relative precision ("8-bit Approximations for Parallelism in Deep Learning", 2015).
 */
final class DynamicCodeBook {
    static final int SIZE = 256;
    private static final int DECADES = 7;
    private static final float[] VALUES = build();

    private DynamicCodeBook() {}

    /** 256 values in ascending order. */
    static float[] values() {
        return VALUES.clone();
    }

    private static float[] build() {
        float[] values = new float[SIZE];
        int count = 0;
        values[count++] = 0;
        values[count++] = 1;
        for (int decade = 0; decade < DECADES; decade++) {
            int parts = 1 << decade;
            float scale = (float) Math.pow(10, decade - DECADES + 1);
            for (int part = 0; part < parts; part++) {
                float middle = scale * ((edge(part, parts) + edge(part + 1, parts)) / 2);
                values[count++] = middle;
                values[count++] = -middle;
            }
        }
        Arrays.sort(values);
        return values;
    }

    /** Evenly from 0.1 to 1 in float32, counted from the nearer end as PyTorch does it. */
    private static float edge(int index, int parts) {
        float step = (1f - 0.1f) / parts;
        return index < (parts + 1) / 2 ? Math.fma(step, index, 0.1f) : Math.fma(-step, parts - index, 1f);
    }

    /** The index of the value nearest to {@code scaled} in an ascending code book. */
    static int nearest(float[] ascending, double scaled) {
        int low = 0;
        int high = ascending.length - 1;
        while (low < high) {
            int half = (low + high) >>> 1;
            double middle = ((double) ascending[half] + ascending[half + 1]) / 2;
            if (scaled > middle) {
                low = half + 1;
            } else {
                high = half;
            }
        }
        return low;
    }
}
