package org.frugaltorch.finetune.model;

import java.util.Arrays;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Positions as rotations of queries and keys ("RoFormer: Enhanced transformer with rotary position embedding", Su et al.
 * 2021). The number pairs that turn together are i and i + d / 2 of a head, as in Hugging Face checkpoints.
 *
 * @param headSize d, even
 * @param theta base of the frequencies
 * @param scaling for sequences longer than first trained on
 */
public record RotaryEmbedding(int headSize, double theta, RotaryScaling scaling) {
    public RotaryEmbedding {
        if (headSize < 4 || headSize % 2 != 0 || !(theta > 0)) {
            throw new IllegalArgumentException("Rotary embeddings need an even head size of at least 4 and a base above 0,"
                    + " not " + headSize + " and " + theta);
        }
    }

    /** Radians a position, unscaled: {@code base^(-2i / d)} for pair i. */
    double[] plainFrequencies(double base) {
        double[] result = new double[headSize / 2];
        Arrays.setAll(result, i -> Math.pow(base, -2.0 * i / headSize));
        return result;
    }

    /**
     * The rotations of a group of tokens, by their positions in their sequence.
     *
     * @param length tokens of the longest sequence of the batch, this group's or others'
     */
    public Rotation rotation(TokenGroup tokens, long length, DType type, Device device) {
        double factor = scaling.attentionFactor();
        try (TensorScope scope = TensorScope.open()) {
            Tensor frequencies = Tensors.of(scaling.frequencies(this, length)).to(device);
            Tensor angles = tokens.positionTensor(device).to(DType.FLOAT64).view(tokens.rows(), tokens.width(), 1, 1)
                    .mul(frequencies); // [B, T, 1, d / 2]
            Tensor cosine = angles.cos().mul(factor);
            Tensor sine = angles.sin().mul(factor);
            return new Rotation(
                    scope.promote(Tensors.cat(-1, cosine, cosine).to(type)),
                    scope.promote(Tensors.cat(-1, sine.neg(), sine).to(type)));
        }
    }

    /**
     * Rotations of some tokens.
     *
     * @param cosine [B, T, 1, d]
     * @param signedSine negative in the first half [B, T, 1, d]
     */
    public record Rotation(Tensor cosine, Tensor signedSine) {
        /** Turns heads [B, T, heads, d]; what autograd saves of it is only the rotation, which all blocks share. */
        public Tensor turn(Tensor heads) {
            try (TensorScope scope = TensorScope.open()) {
                long half = heads.size(-1) / 2;
                Tensor swapped = Tensors.cat(-1, heads.narrow(3, half, half), heads.narrow(3, 0, half));
                return scope.promote(heads.mul(cosine).add(swapped.mul(signedSine)));
            }
        }
    }
}
