package org.frugaltorch.finetune.model;

import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;

/**
 * Patches of images to vectors, a class token before them: "An image is worth 16x16 words" (Dosovitskiy et al., 2021).
 *
 * @param projection of a patch, stored as the convolution that it is [H, channels, side, side]
 * @param bias [H]
 * @param classToken [1, 1, H]
 * @param position [1, 1 + N, H]
 * @param dropout probability at the end
 */
record PatchEmbeddings(Tensor projection, Tensor bias, Tensor classToken, Tensor position, double dropout)
        implements Embeddings {

    @Override
    public Tensor forward(TokenGroup tokens, ForwardMode mode) {
        Tensor content = content(tokens);
        if (tokens.validPositions().anyMatch(at -> at >= position.size(1))) {
            throw new IllegalArgumentException("The model takes pictures of " + (position.size(1) - 1)
                    + " patches; give them the size that its config.json says");
        }
        Tensor places = Functional.embedding(position.view(-1, position.size(2)), tokens.positionTensor(device())); // [B, P, H]
        return mode.dropout(content.add(places), dropout);
    }

    @Override
    public Tensor content(TokenGroup tokens) {
        ImagePatches patches = tokens.patches();
        if (patches == null) {
            throw new IllegalArgumentException("A vision model cannot read text; name a model of words such as bert");
        }
        if (patches.length() != projection.elementCount() / projection.size(0)) {
            throw new IllegalArgumentException("The model takes patches of "
                    + projection.elementCount() / projection.size(0) + " numbers, not of " + patches.length());
        }
        Tensor values = Tensors.of(patches.of(tokens.inputIds()), tokens.rows(), tokens.width(), patches.length());
        Tensor projected = Functional.linear(values.to(device()).to(dtype()), projection.view(projection.size(0), -1), bias);
        Tensor isPatch = isPatch(tokens); // [B, P, 1]
        return projected.mul(isPatch).add(classToken.mul(isPatch.neg().add(1)));
    }

    private Tensor isPatch(TokenGroup tokens) {
        float[] flags = new float[tokens.inputIds().length];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = tokens.inputIds()[i] == ImagePatches.CLASS_TOKEN ? 0 : 1;
        }
        return Tensors.of(flags, tokens.rows(), tokens.width(), 1).to(device()).to(dtype());
    }

    @Override
    public DType dtype() {
        return projection.dtype();
    }

    @Override
    public Device device() {
        return projection.device();
    }
}
