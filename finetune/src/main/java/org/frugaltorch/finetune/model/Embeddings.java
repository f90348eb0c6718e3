package org.frugaltorch.finetune.model;

import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;

/** Tokens to vectors. */
public sealed interface Embeddings permits TokenEmbeddings, PatchEmbeddings {
    /** [B, P] tokens to [B, P, H]. */
    Tensor forward(TokenGroup tokens, ForwardMode mode);

    /** What tokens are by themselves, wherever they stand: [B, P, numbers a word or patch]. */
    Tensor content(TokenGroup tokens);

    /** Type of the weights. */
    DType dtype();

    /** Where the weights are, and with them whatever is computed. */
    Device device();
}
