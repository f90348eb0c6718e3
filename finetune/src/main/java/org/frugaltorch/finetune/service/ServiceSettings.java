package org.frugaltorch.finetune.service;

import java.nio.file.Path;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * How a model is run in a service.
 *
 * @param base where the pretrained model is now, if the directory holds adapters; null for where it was
 * @param dtype of weights and computation
 * @param device where the model is
 * @param batchSize texts that are computed together
 */
public record ServiceSettings(Path base, DType dtype, Device device, int batchSize) {
    /** In float32 on the CPU, up to 32 texts at once. */
    public static final ServiceSettings DEFAULT = new ServiceSettings(null, DType.FLOAT32, Device.CPU, 32);

    public ServiceSettings {
        if (batchSize < 1) {
            throw new IllegalArgumentException("The batch size must be at least 1, not " + batchSize);
        }
    }
}
