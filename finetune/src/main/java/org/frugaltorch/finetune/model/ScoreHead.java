package org.frugaltorch.finetune.model;

import org.frugaltorch.nn.Linear;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * One vector a sequence, or a token, to scores.
 *
 * @param dense linear layer and tanh, or null
 * @param denseDropout probability before it
 * @param output [classes, H]
 * @param dropout probability before the output
 */
public record ScoreHead(Linear dense, double denseDropout, Linear output, double dropout) {
    /** [B, H] to [B, classes], or [B, P, H] to [B, P, classes]. */
    public Tensor forward(Tensor pooled, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor features =
                    dense == null ? pooled : dense.forward(mode.dropout(pooled, denseDropout)).tanh();
            return scope.promote(output.forward(mode.dropout(features, dropout)));
        }
    }
}
