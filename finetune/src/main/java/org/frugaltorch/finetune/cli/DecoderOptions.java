package org.frugaltorch.finetune.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.quant.Quantisation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that run a decoder: what is put on it, and how its matrices are kept. */
public final class DecoderOptions {
    @Option(names = "--adapter", paramLabel = "DIR",
            description = "What was trained on this model: a LoRA adapter in PEFT's files, or adapters that make it"
                    + " reversible (--meft). Put on it before it runs.")
    private Path adapter;

    @Option(names = {"--load-in-4bit", "--load_in_4bit"},
            description = "Keep the model's matrices in four bits, quantised as they are read: what an adapter of --qlora"
                    + " was trained on, and a quarter of the memory.")
    private boolean fourBits;

    @Option(names = "--quant-type", paramLabel = "NAME", description = "Code book of --load-in-4bit: nf4 or fp4 (default: nf4).")
    private String quantType;

    @Option(names = "--double-quant", arity = "1", paramLabel = "true|false",
            description = "Whether --load-in-4bit quantises the scales too (default: true).")
    private Boolean doubleQuantisation;

    @Mixin
    private DeviceOption device;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Options that were not given yet; picocli sets them. */
    public DecoderOptions() {}

    /**
     * Loads a model with what was asked for.
     *
     * @throws org.frugaltorch.io.DataException when the directory holds no adapter, or that of another model
     * @throws ParameterException when the options contradict one another or the model's files
     */
    AdaptedModel load(ModelDirectory model) {
        return AdaptedModel.load(model, adapter, device.device(), quantisation(model));
    }

    private Optional<Quantisation> quantisation(ModelDirectory model) {
        if (!fourBits) {
            requireFourBits("--quant-type", quantType);
            requireFourBits("--double-quant", doubleQuantisation);
            return Optional.empty();
        }
        if (model.quantisation().isPresent()) {
            throw complaint("The matrices in " + model.path() + " are stored in four bits already ("
                    + model.quantisation().get() + "): leave out --load-in-4bit");
        }
        return Optional.of(Quantisation.asked(quantType, doubleQuantisation, model.storedType()));
    }

    private void requireFourBits(String option, Object given) {
        if (given != null) {
            throw complaint(option + " says how --load-in-4bit works, but --load-in-4bit is not given");
        }
    }

    private ParameterException complaint(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }
}
