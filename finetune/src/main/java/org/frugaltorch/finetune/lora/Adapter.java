package org.frugaltorch.finetune.lora;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** One adapter on a model: its pairs of matrices by layer, and its own values of the model's weights. */
final class Adapter {
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";
    private static final String A = ".lora_A.";
    private static final String B = ".lora_B.";

    private final Parameters model;
    private final String name;
    private final LoraSettings settings;
    private final Map<String, LowRankPair> pairs = new LinkedHashMap<>();
    private final OwnValues ownValues;

    /**
     * Draws an adapter that changes nothing yet and puts it on its layers.
     *
     * @param layers that get the adapter
     * @param typeOver type of its matrices on weights of a type
     * @param state what its layers follow
     */
    Adapter(Parameters model, String name, LoraSettings settings, List<String> layers, UnaryOperator<DType> typeOver,
            LoraSwitch state) {
        this.model = model;
        this.name = name;
        this.settings = settings;
        this.ownValues = new OwnValues(model, ownNames(layers));
        for (String layer : layers) {
            Linear linear = model.linears().get(layer);
            LoraWeight weight;
            if (linear.weight() instanceof LoraWeight present) {
                weight = present;
            } else {
                weight = new LoraWeight(linear.weight(), state);
                linear.setWeight(weight);
            }
            LowRankPair pair = pair(layer, weight, typeOver);
            pairs.put(layer, pair);
            weight.put(name, pair);
        }
    }

    private LowRankPair pair(String layer, LinearWeight weight, UnaryOperator<DType> typeOver) {
        Device device = model.get(layer + WEIGHT).device();
        DType type = typeOver.apply(model.get(layer + WEIGHT).dtype());
        // Kaiming's uniform distribution with slope sqrt(5), as linear layers begin in PyTorch.
        double bound = 1 / Math.sqrt(weight.inFeatures());
        try (TensorScope scope = TensorScope.open()) {
            Tensor a = Tensors.empty(type, device, settings.rank(), weight.inFeatures()).uniformInPlace(-bound, bound);
            Tensor b = Tensors.zeros(type, device, weight.outFeatures(), settings.rank());
            return new LowRankPair(
                    model.add(layer + A + name + WEIGHT, a), model.add(layer + B + name + WEIGHT, b),
                    settings.scale(), settings.dropout());
        }
    }

    private Set<String> ownNames(List<String> layers) {
        Set<String> own = new LinkedHashSet<>();
        for (String weight : model.asMap().keySet()) {
            boolean bias = weight.endsWith(BIAS) && switch (settings.bias()) {
                case NONE -> false;
                case ALL -> true;
                case LORA_ONLY -> layers.contains(layerOf(weight));
            };
            boolean ofAdapter = weight.contains(A) || weight.contains(B);
            if (bias || settings.saves(weight) && !ofAdapter) {
                if (!model.get(weight).dtype().isFloatingPoint()) {
                    throw new IllegalArgumentException(
                            "The module to save with the weight " + weight + " is quantised and cannot be trained");
                }
                own.add(weight);
            }
        }
        return own;
    }

    private static String layerOf(String bias) {
        return bias.substring(0, bias.length() - BIAS.length());
    }

    LoraSettings settings() {
        return settings;
    }

    /** The matrices by layer. */
    Map<String, LowRankPair> pairs() {
        return pairs;
    }

    /** Puts the adapter's own values into the model and makes all it trains trainable, or the reverse. */
    void activate(boolean active) {
        ownValues.place(active);
        for (LowRankPair pair : pairs.values()) {
            for (Tensor matrix : List.of(pair.a(), pair.b())) {
                matrix.setRequiresGrad(active);
                if (!active) {
                    matrix.clearGrad();
                }
            }
        }
    }

    /** Leaves the adapter's own values in the model for good, frozen. */
    void keepOwnValues() {
        ownValues.keep();
    }

    /** All its tensors under PEFT's names, without the prefix that PEFT puts before every name. */
    Map<String, Tensor> storedTensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        pairs.forEach((layer, pair) -> {
            tensors.put(layer + ".lora_A" + WEIGHT, pair.a());
            tensors.put(layer + ".lora_B" + WEIGHT, pair.b());
        });
        for (String own : ownValues.names()) {
            boolean adapted = own.endsWith(BIAS) && pairs.containsKey(layerOf(own));
            tensors.put(adapted ? layerOf(own) + ".base_layer" + BIAS : own, ownValues.value(own));
        }
        return tensors;
    }

    /** Takes the adapter off its layers and out of the model. */
    void remove() {
        for (String layer : pairs.keySet()) {
            Linear linear = model.linears().get(layer);
            if (linear.weight() instanceof LoraWeight lora) {
                lora.remove(name);
                if (lora.isBare()) {
                    linear.setWeight(lora.base());
                }
            }
            model.remove(layer + A + name + WEIGHT);
            model.remove(layer + B + name + WEIGHT);
        }
        close();
    }

    /** Releases what is kept beside the model. */
    void close() {
        ownValues.close();
    }
}
