package org.frugaltorch.finetune.quant;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * A matrix in four bits a number, as bitsandbytes lays it out: flattened row by row, in blocks of 64 with one scale each.
 *
 * @param format the code book
 * @param packed uint8 [bytes, 1], two codes a byte, the earlier in the high half
 * @param scales of the blocks
 * @param originalType element type before quantisation
 * @param rows of the matrix
 * @param columns of the matrix
 */
public record QuantisedMatrix(
        FourBitFormat format, Tensor packed, BlockScales scales, DType originalType, long rows, long columns) {
    /** Bounds what operators need beside the result; whole blocks. */
    private static final long NUMBERS_AT_ONCE = 1 << 22;

    private static final TensorScope KEPT = TensorScope.detached();
    private static final Map<Place, Tensor> KEPT_PAIRS = new ConcurrentHashMap<>();

    private record Place(FourBitFormat format, Device device) {}

    /**
     * Quantises a matrix; the work is done on the CPU, the result is where the matrix is.
     *
     * @param matrix float32, float16 or bfloat16 [rows, columns]
     * @param doubleQuantisation whether scales are quantised too: half a bit a number becomes an eighth
     * @throws IllegalArgumentException when the matrix is of another type, or holds infinite numbers or NaN
     */
    public static QuantisedMatrix quantise(Tensor matrix, FourBitFormat format, boolean doubleQuantisation) {
        if (matrix.rank() != 2 || matrix.elementCount() == 0) {
            throw new IllegalArgumentException("Only a matrix can be quantised, not a tensor of shape "
                    + java.util.Arrays.toString(matrix.shape()));
        }
        Device device = matrix.device();
        try (TensorScope scope = TensorScope.open()) {
            Tensor source = matrix.detach().to(Device.CPU).contiguous();
            long count = source.elementCount();
            int blocks = BlockQuantiser.blocks(count, BlockQuantiser.BLOCK);
            Tensor packed = Tensors.empty(DType.UINT8, Device.CPU, (count + 1) / 2, 1);
            Tensor absmax = Tensors.empty(DType.FLOAT32, Device.CPU, blocks);
            BlockQuantiser.quantise(
                    format, source.segment(), source.dtype(), count, packed.segment(), absmax.segment());
            BlockScales scales = doubleQuantisation
                    ? nested(absmax.toFloats(), device, scope)
                    : new BlockScales.Plain(scope.promote(absmax.to(device)));
            return new QuantisedMatrix(
                    format, scope.promote(packed.to(device)), scales, source.dtype(), matrix.size(0), matrix.size(1));
        }
    }

    private static BlockScales nested(float[] absmax, Device device, TensorScope scope) {
        float offset = BlockQuantiser.mean(absmax);
        byte[] codes = new byte[absmax.length];
        float[] nested = BlockQuantiser.quantiseScales(absmax, offset, codes);
        return new BlockScales.Nested(
                scope.promote(Tensors.of(codes).to(device)),
                scope.promote(Tensors.of(DynamicCodeBook.values()).to(device)),
                scope.promote(Tensors.of(nested).to(device)),
                BlockQuantiser.NESTED_BLOCK, offset);
    }

    /** The matrix again, up to the error of quantisation: a new tensor [rows, columns] where the codes are. */
    public Tensor dequantise(DType type) {
        if (!packed.device().isCpu() || !BlockDequantiser.writes(type)) {
            return dequantiseByOperators(type);
        }
        Tensor result = Tensors.empty(type, Device.CPU, rows, columns);
        MemorySegment codes = packed.segment();
        BlockDequantiser.dequantise(
                format.codeBook(), codes, scales.toFloats(), result.segment(), type, rows * columns);
        return result;
    }

    /** The same, bit for bit, in libtorch's operators: for devices whose memory Java cannot see. */
    Tensor dequantiseByOperators(DType type) {
        Tensor result = Tensors.empty(type, packed.device(), rows, columns);
        long count = rows * columns;
        try (TensorScope scope = TensorScope.open()) {
            Tensor target = result.view(-1);
            Tensor codes = packed.view(-1);
            Tensor pairs = pairs(format, packed.device());
            Tensor absmax = scales.toTensor(); // [blocks]
            for (long start = 0; start < count; start += NUMBERS_AT_ONCE) {
                try (TensorScope inner = TensorScope.open()) {
                    long numbers = Math.min(NUMBERS_AT_ONCE, count - start);
                    Tensor indices = codes.narrow(0, start / 2, (numbers + 1) / 2).to(DType.INT32);
                    Tensor values = pairs.indexSelect(0, indices).view(-1); // the last one may be half a byte too many
                    long blocks = (numbers + BlockQuantiser.BLOCK - 1) / BlockQuantiser.BLOCK;
                    Tensor factors = absmax.narrow(0, start / BlockQuantiser.BLOCK, blocks).unsqueeze(1)
                            .expand(blocks, BlockQuantiser.BLOCK).reshape(-1);
                    target.narrow(0, start, numbers)
                            .copyInPlace(values.narrow(0, 0, numbers).mul(factors.narrow(0, 0, numbers)));
                }
            }
        }
        return result;
    }

    /** What each byte stands for: float32 [256, 2]. Other devices would wait for a copy each time, so they keep theirs. */
    private static Tensor pairs(FourBitFormat format, Device device) {
        return device.isCpu()
                ? pairs(format)
                : KEPT_PAIRS.computeIfAbsent(new Place(format, device), place -> KEPT.adopt(pairs(format).to(device)));
    }

    private static Tensor pairs(FourBitFormat format) {
        float[] values = format.codeBook();
        float[] pairs = new float[2 * 256];
        for (int code = 0; code < 256; code++) {
            pairs[2 * code] = values[code >>> 4];
            pairs[2 * code + 1] = values[code & 15];
        }
        return Tensors.of(pairs, 256, 2);
    }

    /** Bytes of codes and scales. */
    public long byteSize() {
        return packed.byteSize() + scales.byteSize();
    }
}
