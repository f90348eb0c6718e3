package org.frugaltorch.finetune.service;

import java.util.function.Supplier;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.generation.Completer;
import org.frugaltorch.finetune.generation.TextGenerator;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.model.ModelDirectory;

/**
 * A decoder in memory with what its texts need.
 *
 * @param model owned by this
 * @param tokenizer owned by this
 * @param completer continues texts by it
 */
public record LoadedDecoder(AdaptedModel model, Tokenizer tokenizer, Completer completer) implements AutoCloseable {
    /**
     * Loads a decoder with its tokenizer.
     *
     * @param loader of the model
     * @throws org.frugaltorch.io.DataException when either is damaged or not there
     */
    public static LoadedDecoder load(ModelDirectory directory, Supplier<AdaptedModel> loader) {
        Tokenizer tokenizer = Tokenizer.open(directory.path());
        try {
            AdaptedModel model = loader.get();
            return new LoadedDecoder(model, tokenizer, new Completer(
                    new TextGenerator(model.model(), model.evaluation()), tokenizer,
                    directory.config().maxPositionEmbeddings()));
        } catch (RuntimeException failure) {
            tokenizer.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        try (tokenizer) {
            model.close();
        }
    }
}
