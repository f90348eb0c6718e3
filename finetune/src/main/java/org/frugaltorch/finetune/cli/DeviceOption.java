package org.frugaltorch.finetune.cli;

import org.frugaltorch.bindings.LibtorchInfo;
import org.frugaltorch.bindings.NativeLibrary;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.tensor.Device;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option {@code --device} of commands that run a model. */
public final class DeviceOption {
    @Option(names = "--device", defaultValue = "cpu", paramLabel = "NAME",
            description = "Where the model is: cpu, cuda (the first graphics processor) or cuda:N (default: ${DEFAULT-VALUE}).")
    private String name;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** An option that was not given yet; picocli sets it. */
    public DeviceOption() {}

    /**
     * What was asked for.
     *
     * @throws IllegalArgumentException when there is no such name
     * @throws ParameterException when there is no such device here
     */
    Device device() {
        Device device = Device.parse(name);
        if (!device.isCpu() && device.index() >= Engine.cudaDevices()) {
            throw new ParameterException(command.commandLine(), "There is no device " + device + ": " + lack());
        }
        return device;
    }

    private static String lack() {
        LibtorchInfo libtorch = NativeLibrary.info();
        if (libtorch.cudaProblem().isPresent()) {
            return libtorch.cudaProblem().get();
        }
        if (!libtorch.cudaLoaded()) {
            return "the libtorch in " + libtorch.home() + " was built without CUDA; name one with CUDA in LIBTORCH_HOME, or"
                    + " take the CPU";
        }
        int count = Engine.cudaDevices();
        return count == 0 ? "the driver shows none; look at nvidia-smi, or take the CPU"
                : "the driver shows " + count + ", counted from 0";
    }
}
