package org.frugaltorch.jmh;

/**
 * How far queries and keys of a Llama turn by position.
 *
 * @param cosines [T, d]
 * @param sines [T, d]
 */
record RotaryTables(float[] cosines, float[] sines) {
    static RotaryTables of(int positions, int headSize, double theta) {
        float[] cosines = new float[positions * headSize];
        float[] sines = new float[positions * headSize];
        for (int position = 0; position < positions; position++) {
            for (int i = 0; i < headSize; i++) {
                double angle = position * Math.pow(theta, -2.0 * (i % (headSize / 2)) / headSize);
                cosines[position * headSize + i] = (float) Math.cos(angle);
                sines[position * headSize + i] = (float) Math.sin(angle);
            }
        }
        return new RotaryTables(cosines, sines);
    }
}
