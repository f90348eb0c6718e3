package org.frugaltorch.finetune.quant;

import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** The scales of a quantised matrix's blocks, one for each 64 numbers along the flattened matrix. */
public sealed interface BlockScales {
    /** The scales in Java: [blocks]. */
    float[] toFloats();

    /** The scales as float32 [blocks], where the codes are. */
    Tensor toTensor();

    /** Bytes that the scales take. */
    long byteSize();

    /**
     * As they are.
     *
     * @param absmax float32 [blocks]
     */
    record Plain(Tensor absmax) implements BlockScales {
        @Override
        public float[] toFloats() {
            return absmax.toFloats();
        }

        @Override
        public Tensor toTensor() {
            return absmax.alias();
        }

        @Override
        public long byteSize() {
            return absmax.byteSize();
        }
    }

    /**
     * Quantised to eight bits themselves, blockwise, after a mean was subtracted.
     *
     * @param codes uint8 [blocks], indices into the code book
     * @param codeBook float32 [256]
     * @param absmax float32, the scale of each block of scales
     * @param block scales in such a block
     * @param offset the mean
     */
    record Nested(Tensor codes, Tensor codeBook, Tensor absmax, int block, float offset) implements BlockScales {
        @Override
        public float[] toFloats() {
            return BlockDequantiser.restoreScales(codes.toBytes(), codeBook.toFloats(), absmax.toFloats(), block, offset);
        }

        @Override
        public Tensor toTensor() {
            return codes.device().isCpu() ? Tensors.of(toFloats()) : byOperators();
        }

        /** The same, bit for bit, in libtorch's operators: nothing crosses to the host and back. */
        Tensor byOperators() {
            try (TensorScope scope = TensorScope.open()) {
                long count = codes.elementCount();
                Tensor factors = absmax.unsqueeze(1).expand(absmax.elementCount(), block).reshape(-1).narrow(0, 0, count);
                Tensor values = codeBook.indexSelect(0, codes.view(-1).to(DType.INT32));
                return scope.promote(values.mul(factors).add(offset));
            }
        }

        @Override
        public long byteSize() {
            return codes.byteSize() + codeBook.byteSize() + absmax.byteSize();
        }
    }
}
