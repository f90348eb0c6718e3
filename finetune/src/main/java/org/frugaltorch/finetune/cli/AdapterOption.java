package org.frugaltorch.finetune.cli;

import java.nio.file.Path;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.model.ModelDirectory;
import picocli.CommandLine.Option;

/** The option {@code --adapter DIR} of commands that run a decoder. */
public final class AdapterOption {
    @Option(names = "--adapter", paramLabel = "DIR",
            description = "What was trained on this model: a LoRA adapter in PEFT's files, or adapters that make it"
                    + " reversible (--meft). Put on it before it runs.")
    private Path adapter;

    /** An option that was not given yet; picocli sets it. */
    public AdapterOption() {}

    /**
     * Loads a model with its adapter, if one was asked for.
     *
     * @throws org.frugaltorch.io.DataException when the directory holds no adapter, or that of another model
     */
    AdaptedModel load(ModelDirectory model) {
        return AdaptedModel.load(model, adapter);
    }
}
