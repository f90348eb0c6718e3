package org.frugaltorch.finetune.model;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;

/**
 * Some tokens of every row of a batch, in ascending order of position and padded to one width: all of them, or the part
 * that a strategy treats alike. Rows of another part go through the stack beside them as another group.
 *
 * @param rows B
 * @param width P, tokens a row of this group
 * @param inputIds [B * P]
 * @param tokenTypeIds [B * P]
 * @param positions index of the token in its sequence, padding not counted [B * P]
 * @param valid false for padding [B * P]
 * @param patches what the numbers stand for in a batch of pictures; null for words
 */
public record TokenGroup(
        int rows, int width, long[] inputIds, long[] tokenTypeIds, long[] positions, boolean[] valid,
        ImagePatches patches) {

    /** Words. */
    public TokenGroup(
            int rows, int width, long[] inputIds, long[] tokenTypeIds, long[] positions, boolean[] valid) {
        this(rows, width, inputIds, tokenTypeIds, positions, valid, null);
    }

    /** All tokens of a batch. */
    public static TokenGroup all(TokenBatch batch) {
        return new TokenGroup(batch.rows(), batch.width(), batch.inputIds(), batch.tokenTypeIds(), positions(batch),
                batch.valid(), batch.patches());
    }

    /**
     * The tokens in the given columns.
     *
     * @param columns for every row, ascending columns of the batch
     */
    public static TokenGroup of(TokenBatch batch, int[][] columns) {
        return all(batch).at(columns);
    }

    /** Those of this group in the given columns, ascending in every row. */
    TokenGroup at(int[][] columns) {
        int newWidth = Math.max(1, Arrays.stream(columns).mapToInt(row -> row.length).max().orElse(0));
        int cells = Math.multiplyExact(rows, newWidth);
        long[] newIds = new long[cells];
        long[] newTypeIds = new long[cells];
        long[] newPositions = new long[cells];
        boolean[] newValid = new boolean[cells];
        for (int row = 0; row < rows; row++) {
            for (int slot = 0; slot < columns[row].length; slot++) {
                int from = row * width + columns[row][slot];
                int to = row * newWidth + slot;
                newIds[to] = inputIds[from];
                newTypeIds[to] = tokenTypeIds[from];
                newPositions[to] = positions[from];
                newValid[to] = valid[from];
            }
        }
        return new TokenGroup(rows, newWidth, newIds, newTypeIds, newPositions, newValid, patches);
    }

    /**
     * The columns of real tokens that were not chosen.
     *
     * @param chosen for every row, ascending columns of the batch
     */
    public static int[][] others(TokenBatch batch, int[][] chosen) {
        int[][] others = new int[batch.rows()][];
        for (int row = 0; row < batch.rows(); row++) {
            int start = row * batch.width();
            int[] taken = chosen[row];
            others[row] = IntStream.range(0, batch.width())
                    .filter(column -> batch.valid()[start + column] && Arrays.binarySearch(taken, column) < 0)
                    .toArray();
        }
        return others;
    }

    private static long[] positions(TokenBatch batch) {
        long[] positions = new long[batch.inputIds().length];
        for (int row = 0; row < batch.rows(); row++) {
            long next = 0;
            for (int i = row * batch.width(); i < (row + 1) * batch.width(); i++) {
                positions[i] = batch.valid()[i] ? next++ : 0;
            }
        }
        return positions;
    }

    /** Positions [B, P]. */
    public Tensor positionTensor(Device device) {
        return Tensors.of(positions, rows, width).to(device);
    }

    /** Weights [B, 1, P] of a mean over {@code tokensByRow} tokens a row, of which this group has some or all. */
    public Tensor meanWeights(DType type, Device device, int[] tokensByRow) {
        float[] weights = new float[valid.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = valid[i] ? 1f / Math.max(1, tokensByRow[i / width]) : 0;
        }
        return Tensors.of(weights, rows, 1, width).to(type).to(device);
    }

    /** Positions of real tokens, row by row. */
    public LongStream validPositions() {
        return IntStream.range(0, valid.length).filter(i -> valid[i]).mapToLong(i -> positions[i]);
    }

    /** Whether a row holds padding. */
    public boolean isPadded() {
        return IntStream.range(0, valid.length).anyMatch(i -> !valid[i]);
    }

    /** Whether every row is a sequence from its beginning without gaps, padded on the right at most. */
    public boolean isWholePrefix() {
        for (int i = 0; i < valid.length; i++) {
            int column = i % width;
            if (valid[i] && (positions[i] != column || column > 0 && !valid[i - 1])) {
                return false;
            }
        }
        return true;
    }

    /** Index into [B * P] of the last real token of a row; its first slot where there is none. */
    int lastSlot(int row) {
        int slot = (row + 1) * width - 1;
        while (slot > row * width && !valid[slot]) {
            slot--;
        }
        return slot;
    }

    /** Number of real tokens in every row. */
    public int[] lengths() {
        int[] lengths = new int[rows];
        for (int i = 0; i < valid.length; i++) {
            lengths[i / width] += valid[i] ? 1 : 0;
        }
        return lengths;
    }
}
