package org.frugaltorch.finetune.lora;

import java.util.Arrays;
import java.util.Locale;
import org.frugaltorch.tensor.DType;

/**
 * The type that an adapter's matrices are kept, trained and saved in; PEFT's {@code autocast_adapter_dtype}. Products are
 * computed in the type of what goes through the layer all the same. Modules to save have the type of the model.
 */
public enum AdapterPrecision {
    /**
     * At least float32, as PEFT does unless told otherwise: next to a weight of 0.1, bfloat16 has no number nearer than
     * 0.0005, so most steps of training would be lost to rounding.
     */
    FLOAT32 {
        @Override
        DType over(DType weights) {
            return weights == DType.FLOAT64 ? weights : DType.FLOAT32;
        }
    },
    /** That of the weights below, and float32 where those are quantised: half the bytes, coarser steps. */
    MODEL {
        @Override
        DType over(DType weights) {
            return weights.isFloatingPoint() ? weights : DType.FLOAT32;
        }
    };

    /** The type of matrices on a layer whose weights are stored in that type. */
    abstract DType over(DType weights);

    /**
     * Reads {@code float32} or {@code model}.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static AdapterPrecision named(String name) {
        return Arrays.stream(values()).filter(precision -> precision.toString().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Unknown type of adapters '" + name + "': known are " + Arrays.toString(values())));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
