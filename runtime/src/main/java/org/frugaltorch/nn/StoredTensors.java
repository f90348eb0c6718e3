package org.frugaltorch.nn;

import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/** Tensors on their way into a safetensors file. */
public final class StoredTensors {
    private StoredTensors() {}

    /** An entry that reads {@code tensor} when it is written; a copy is made only if it has gaps or is on a device. */
    public static SafetensorsWriter.Tensor of(String name, Tensor tensor) {
        return new SafetensorsWriter.Tensor(name, tensor.dtype(), tensor.shape(), writer -> {
            try (TensorScope scope = TensorScope.open()) {
                writer.accept(tensor.detach().to(Device.CPU).contiguous().segment());
            }
        });
    }
}
