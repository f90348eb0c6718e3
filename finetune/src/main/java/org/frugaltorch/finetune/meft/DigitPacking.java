package org.frugaltorch.finetune.meft;

import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Whole numbers from 0 to {@code base - 1}, as many of them in a byte as fit; of a base above 256, each in two bytes.
 *
 * @param base at least 2
 */
record DigitPacking(int base) {
    private static final int BYTE_VALUES = 256;

    /** @param digits of any shape and type */
    Tensor pack(Tensor digits) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor row = digits.to(DType.FLOAT32).reshape(-1);
            int perCell = perCell(row.size(0));
            long cells = row.size(0) / perCell;
            Tensor packed = row.narrow(0, (perCell - 1) * cells, cells);
            for (int i = perCell - 2; i >= 0; i--) {
                packed = row.narrow(0, i * cells, cells).add(packed, base);
            }
            return scope.promote(packed.to(base > BYTE_VALUES ? DType.INT16 : DType.UINT8));
        }
    }

    /** The digits again, as whole numbers in float64. */
    Tensor unpack(Tensor packed, long... shape) {
        try (TensorScope scope = TensorScope.open()) {
            long count = 1;
            for (long length : shape) {
                count *= length;
            }
            int perCell = perCell(count);
            Tensor[] parts = new Tensor[perCell];
            Tensor rest = packed.to(DType.FLOAT32);
            for (int i = 0; i < perCell - 1; i++) {
                Tensor quotient = ExactStreams.quotient(rest, 0, base);
                parts[i] = rest.add(quotient, -base);
                rest = quotient;
            }
            parts[perCell - 1] = rest;
            return scope.promote((perCell == 1 ? rest : Tensors.cat(0, parts)).to(DType.FLOAT64).reshape(shape));
        }
    }

    /** Digits a cell: as many as fit and divide the count, so that parts of the row lie one upon another. */
    private int perCell(long count) {
        int most = 1;
        for (long values = (long) base * base; values <= BYTE_VALUES; values *= base) {
            most++;
        }
        while (count % most != 0) {
            most--;
        }
        return most;
    }
}
