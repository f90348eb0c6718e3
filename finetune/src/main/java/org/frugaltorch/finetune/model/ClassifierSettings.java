package org.frugaltorch.finetune.model;

import java.util.List;
import java.util.OptionalDouble;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * What a classifier shall be, beside what its checkpoint says.
 *
 * @param labels names of the classes, in the order of their scores; a single one for a model that gives a number
 * @param pooling how states become one vector; null in classifiers of tokens
 * @param dtype of the weights
 * @param device of the weights
 * @param dropout replaces every dropout probability of the configuration, when present
 */
public record ClassifierSettings(
        List<String> labels, Pooling pooling, DType dtype, Device device, OptionalDouble dropout) {
    public ClassifierSettings {
        labels = List.copyOf(labels);
        if (labels.isEmpty()) {
            throw new IllegalArgumentException(
                    "A classifier needs at least two classes, or one name for a single number");
        }
        if (!dtype.isFloatingPoint()) {
            throw new IllegalArgumentException("Weights cannot be of type " + dtype.torchName());
        }
    }

    /** A classifier of tokens, whose states are not pooled. */
    public static ClassifierSettings ofTokens(List<String> labels, DType dtype, Device device, OptionalDouble dropout) {
        return new ClassifierSettings(labels, null, dtype, device, dropout);
    }

    /**
     * Hands a dropout on that replaces a model's.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static OptionalDouble requireDropout(OptionalDouble dropout) {
        if (dropout.isPresent() && !(dropout.getAsDouble() >= 0 && dropout.getAsDouble() < 1)) {
            throw new IllegalArgumentException("the dropout must be in [0, 1), not " + dropout.getAsDouble());
        }
        return dropout;
    }
}
