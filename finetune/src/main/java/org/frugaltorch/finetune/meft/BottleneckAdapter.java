package org.frugaltorch.finetune.meft;

import org.frugaltorch.finetune.model.BlockAdapter;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.nn.Activation;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Narrow, activate, widen; see {@link AdapterSettings.Bottleneck}.
 *
 * @param down [w, H]
 * @param downBias [w]
 * @param up [H, w]
 * @param upBias [H]
 * @param activation after the narrowing layer
 * @param dropout probability before the widening layer
 */
record BottleneckAdapter(
        Tensor down, Tensor downBias, Tensor up, Tensor upBias, Activation activation, double dropout)
        implements BlockAdapter {

    @Override
    public Tensor apply(Tensor input, ForwardMode mode) {
        try (TensorScope scope = TensorScope.open()) {
            DType type = input.dtype();
            Tensor narrow = activation.apply(Functional.linear(input, down.to(type), downBias.to(type))); // [B, T, w]
            return scope.promote(Functional.linear(mode.dropout(narrow, dropout), up.to(type), upBias.to(type)));
        }
    }
}
