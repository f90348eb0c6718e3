package org.frugaltorch.finetune.model;

import java.util.Optional;
import java.util.function.Predicate;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * What a language model shall be, beside what its checkpoint says.
 *
 * @param dtype of the weights; as they are stored when empty
 * @param device of the weights
 * @param trainable which weights are trained, by name; the others are frozen
 * @param mapFrozen whether frozen weights of the right type are used where they lie in the mapped file, without a copy:
 *     the machine then needs memory only for what is read, and shares it among processes
 */
public record LanguageModelSettings(
        Optional<DType> dtype, Device device, Predicate<String> trainable, boolean mapFrozen) {

    /** All weights trained. */
    public static LanguageModelSettings training(DType dtype) {
        return new LanguageModelSettings(Optional.of(dtype), Device.CPU, name -> true, false);
    }

    /** The same on another device. */
    public LanguageModelSettings on(Device other) {
        return new LanguageModelSettings(dtype, other, trainable, mapFrozen);
    }

    /** Nothing trained, nothing copied. */
    public static LanguageModelSettings inference() {
        return new LanguageModelSettings(Optional.empty(), Device.CPU, name -> false, true);
    }
}
