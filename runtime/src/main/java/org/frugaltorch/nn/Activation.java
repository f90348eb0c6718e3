package org.frugaltorch.nn;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;

/** Activation functions, by the names that Hugging Face configurations use. */
public enum Activation {
    /** Exact Gaussian error linear unit. */
    GELU("gelu", Functional::gelu),
    /** Its tanh approximation. */
    GELU_NEW("gelu_new", Functional::geluTanh),
    /** The same under PyTorch's name. */
    GELU_PYTORCH_TANH("gelu_pytorch_tanh", Functional::geluTanh),
    /** Rectified linear unit. */
    RELU("relu", Functional::relu),
    /** Sigmoid linear unit. */
    SILU("silu", Functional::silu),
    /** The same under its other name. */
    SWISH("swish", Functional::silu),
    /** Hyperbolic tangent. */
    TANH("tanh", Tensor::tanh);

    private final String configName;
    private final UnaryOperator<Tensor> function;

    Activation(String configName, UnaryOperator<Tensor> function) {
        this.configName = configName;
        this.function = function;
    }

    /**
     * The activation that a configuration names.
     *
     * @throws IllegalArgumentException for a name we do not have
     */
    public static Activation named(String configName) {
        for (Activation activation : values()) {
            if (activation.configName.equals(configName)) {
                return activation;
            }
        }
        throw new IllegalArgumentException("Unknown activation '" + configName + "': known are "
                + Arrays.stream(values()).map(a -> a.configName).collect(Collectors.joining(", ")));
    }

    /** The name in a configuration. */
    public String configName() {
        return configName;
    }

    /** Applies it, element by element. */
    public Tensor apply(Tensor input) {
        return function.apply(input);
    }
}
