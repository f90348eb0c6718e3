package org.frugaltorch.finetune.quant;

/** The upper half of a float32. */
final class BFloat16 {
    private BFloat16() {}

    static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** Rounds to the nearest, ties to even; not for NaN. */
    static int bits(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (bits + 0x7fff + (bits >>> 16 & 1)) >>> 16;
    }
}
