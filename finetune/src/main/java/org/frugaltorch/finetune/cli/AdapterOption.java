package org.frugaltorch.finetune.cli;

import java.nio.file.Path;
import org.frugaltorch.finetune.lora.LoraAdapters;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.tensor.DType;
import picocli.CommandLine.Option;

/** The option {@code --adapter DIR} of commands that run a decoder. */
public final class AdapterOption {
    @Option(names = "--adapter", paramLabel = "DIR",
            description = "LoRA adapter in PEFT's files, trained on this model: put on it before it runs.")
    private Path adapter;

    /** An option that was not given yet; picocli sets it. */
    public AdapterOption() {}

    /**
     * Puts the adapter on a model.
     *
     * @return what holds it and is closed before the model is; null when none was asked for
     * @throws org.frugaltorch.io.DataException when the directory holds no adapter, or that of another model
     */
    LoraAdapters putOn(CausalLanguageModel model) {
        if (adapter == null) {
            return null;
        }
        LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32);
        try {
            adapters.load(AdaptedModel.ADAPTER, adapter);
            return adapters;
        } catch (RuntimeException failure) {
            adapters.close();
            throw failure;
        }
    }
}
