package org.frugaltorch.jmh;

import java.util.Locale;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.engine.Engine.MatmulPrecision;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.openjdk.jmh.annotations.Param;

/** What all benchmarks of models can be asked for. */
public abstract class ModelBenchmark extends StepBenchmark {
    /** Type of weights and computation: float32 or bfloat16. */
    @Param("float32")
    public String dtype;

    /** How exactly float32 matrices are multiplied: highest, high or medium. */
    @Param("highest")
    public String precision;

    /** Where: cpu, or cuda with a number. */
    @Param("cpu")
    public String device;

    final void applySettings() {
        Engine.setMatmulPrecision(precisionNamed(precision));
    }

    static MatmulPrecision precisionNamed(String name) {
        return MatmulPrecision.valueOf(name.toUpperCase(Locale.ROOT));
    }

    final DType type() {
        return typeNamed(dtype);
    }

    static DType typeNamed(String name) {
        return switch (name) {
            case "float32" -> DType.FLOAT32;
            case "bfloat16" -> DType.BFLOAT16;
            default -> throw new IllegalArgumentException("Unknown type '" + name
                    + "': known are float32 and bfloat16");
        };
    }

    final Device place() {
        return Device.parse(device);
    }
}
