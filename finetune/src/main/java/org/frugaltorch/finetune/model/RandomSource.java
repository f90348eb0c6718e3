package org.frugaltorch.finetune.model;

import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;

/** Fresh weights, as for training from scratch; drawn from the engine's generator. */
public record RandomSource(DType dtype, Device device) implements ParameterSource {
    @Override
    public boolean has(String name) {
        return true;
    }

    @Override
    public Tensor get(String name, Initializer initializer, boolean trained, long... shape) {
        Tensor tensor = Tensors.empty(dtype, device, shape);
        initializer.fill(tensor);
        return tensor;
    }
}
