package org.frugaltorch.finetune.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.engine.Engine.MatmulPrecision;
import org.frugaltorch.finetune.measure.Machine;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.Device;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that trains: how the processor is used. They hold for the whole process. */
public final class ProcessorOptions {
    @Option(names = "--threads", defaultValue = "0", paramLabel = "N",
            description = "Threads for operators; 0: as many as the machine has cores (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Mixin
    private DeviceOption device;

    @Option(names = "--matmul-precision", defaultValue = "highest", paramLabel = "NAME",
            description = "How float32 matrices are multiplied: highest, or medium, by which a processor with matrix"
                    + " instructions (AMX) may use bfloat16 inside, several times faster; on others it is highest"
                    + " (default: ${DEFAULT-VALUE}).")
    private String matmulPrecision;

    /** Options not given yet; picocli sets them. */
    public ProcessorOptions() {}

    /** Where the model is. */
    Device device() {
        return device.device();
    }

    /**
     * Sets what was asked for.
     *
     * @throws IllegalArgumentException when there is no such precision
     */
    void apply() {
        MatmulPrecision precision = precision();
        if (threads != 0) {
            Engine.setThreads(threads);
        }
        Engine.setMatmulPrecision(Machine.here().precision(precision, device()));
        if (!device().isCpu()) {
            MemoryLedger.settle(device());
        }
    }

    private MatmulPrecision precision() {
        return Arrays.stream(MatmulPrecision.values()).filter(known -> name(known).equals(matmulPrecision)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Unknown --matmul-precision '" + matmulPrecision
                        + "': use one of " + Arrays.stream(MatmulPrecision.values()).map(ProcessorOptions::name)
                                .collect(Collectors.joining(", "))));
    }

    private static String name(MatmulPrecision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }
}
