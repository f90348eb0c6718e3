package org.frugaltorch.finetune.meft;

import org.frugaltorch.finetune.model.BlockAdapter;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.nn.Activation;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** Draws the adapters of a model from the engine's generator and adds them to its parameters. */
record AdapterFactory(
        Parameters model, MeftSettings settings, TransformerConfig config, DType type, String prefix) {
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    /** The adapters that the variant has in a block. */
    AdaptedBlock.Adapters adapters(int layer) {
        boolean bottleneck = settings.adapter() instanceof AdapterSettings.Bottleneck;
        boolean apart = settings.variant() == MeftVariant.MEFT3;
        try (TensorScope scope = TensorScope.open()) {
            return new AdaptedBlock.Adapters(
                    apart && bottleneck ? adapter(layer, "attention") : null,
                    bottleneck ? adapter(layer, "feed_forward") : null,
                    apart ? null : adapter(layer, "alone"));
        }
    }

    private BlockAdapter adapter(int layer, String place) {
        String name = prefix + "layer." + layer + "." + place;
        return switch (settings.adapter()) {
            case AdapterSettings.Bottleneck bottleneck -> bottleneck(name, bottleneck);
            case AdapterSettings.LowRank lowRank -> lowRank(name, lowRank);
        };
    }

    private BlockAdapter bottleneck(String name, AdapterSettings.Bottleneck adapter) {
        Activation activation = adapter.activation() == null ? config.activation() : adapter.activation();
        return new BottleneckAdapter(
                normal(name + ".down" + WEIGHT, adapter.initializerRange(), adapter.width(), config.hiddenSize()),
                zeros(name + ".down" + BIAS, adapter.width()),
                normal(name + ".up" + WEIGHT, adapter.initializerRange(), config.hiddenSize(), adapter.width()),
                zeros(name + ".up" + BIAS, config.hiddenSize()),
                activation, adapter.dropout().orElse(config.hiddenDropout()));
    }

    private BlockAdapter lowRank(String name, AdapterSettings.LowRank adapter) {
        // Kaiming's uniform distribution with slope sqrt(5), as adapters on linear layers begin.
        double bound = 1 / Math.sqrt(config.hiddenSize());
        return new LowRankAdapter(
                parameter(name + ".lora_A" + WEIGHT,
                        empty(adapter.rank(), config.hiddenSize()).uniformInPlace(-bound, bound)),
                zeros(name + ".lora_B" + WEIGHT, config.hiddenSize(), adapter.rank()),
                adapter.alpha() / adapter.rank(), adapter.dropout());
    }

    private Tensor normal(String name, double standardDeviation, long... shape) {
        return parameter(name, empty(shape).normalInPlace(0, standardDeviation));
    }

    private Tensor zeros(String name, long... shape) {
        return parameter(name, empty(shape).fillInPlace(0));
    }

    private Tensor empty(long... shape) {
        return Tensors.empty(type, device(), shape);
    }

    private Device device() {
        return model.tensors().iterator().next().device();
    }

    private Tensor parameter(String name, Tensor tensor) {
        return model.add(name, tensor).setRequiresGrad(true);
    }
}
