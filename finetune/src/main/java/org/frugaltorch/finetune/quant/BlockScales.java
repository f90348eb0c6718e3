package org.frugaltorch.finetune.quant;

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
            try (TensorScope scope = TensorScope.open()) {
                return scope.promote(Tensors.of(toFloats()).to(codes.device()));
            }
        }

        @Override
        public long byteSize() {
            return codes.byteSize() + codeBook.byteSize() + absmax.byteSize();
        }
    }
}
