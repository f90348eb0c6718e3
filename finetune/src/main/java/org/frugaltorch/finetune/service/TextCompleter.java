package org.frugaltorch.finetune.service;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.frugaltorch.finetune.generation.Completion;
import org.frugaltorch.finetune.generation.GenerationSettings;
import org.frugaltorch.finetune.generation.StopTokens;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.io.DataException;
import org.frugaltorch.tensor.Device;

/**
 * A decoder that continues texts, ready to be asked by any thread. One text is written at a time; others wait.
 *
 * <p>Instructions become prompts by {@link org.frugaltorch.finetune.instruction.PromptTemplate}.
 */
public final class TextCompleter implements AutoCloseable {
    private final Set<Long> stopTokens;
    private final BatchingWorker<Wish, Completion> worker;

    private record Wish(String prompt, GenerationSettings settings, Consumer<String> listener) {}

    private TextCompleter(ModelDirectory directory, Path adapter, Device device, Optional<Quantisation> quantisation) {
        stopTokens = StopTokens.of(directory);
        worker = new BatchingWorker<>("completer of texts", 1, () -> new Model(LoadedDecoder.load(
                directory, () -> AdaptedModel.load(directory, adapter, device, quantisation))));
    }

    /**
     * Opens a decoder on the CPU, in the type that its weights are stored in.
     *
     * @throws DataException when the directory holds none
     */
    public static TextCompleter open(Path model) {
        return open(model, null, Device.CPU, Optional.empty());
    }

    /**
     * Opens a decoder with what was trained on it.
     *
     * @param adapter what {@code frugal finetune} saved beside the model, or an adapter of PEFT's; null for none
     * @param quantisation has the matrices kept in four bits; empty for as they are
     * @throws DataException when the directory holds no decoder, or the adapter is of another
     */
    public static TextCompleter open(Path model, Path adapter, Device device, Optional<Quantisation> quantisation) {
        return new TextCompleter(ModelDirectory.open(model), adapter, device, quantisation);
    }

    /** The tokens that end the model's texts, for {@link GenerationSettings}. */
    public Set<Long> stopTokens() {
        return stopTokens;
    }

    /**
     * Continues a text.
     *
     * @throws DataException when the prompt leaves the model no position for a token
     * @throws IllegalStateException when the completer was closed
     */
    public Completion complete(String prompt, GenerationSettings settings) {
        return complete(prompt, settings, piece -> { });
    }

    /**
     * Continues a text and tells every piece of it as soon as it is there.
     *
     * @param listener is called on the model's thread and must not ask for more texts; what it throws ends the text and is
     *     thrown here
     */
    public Completion complete(String prompt, GenerationSettings settings, Consumer<String> listener) {
        return worker.ask(new Wish(prompt, settings, listener));
    }

    /** Finishes the texts that were asked for before, then releases the model. */
    @Override
    public void close() {
        worker.close();
    }

    private record Model(LoadedDecoder decoder) implements BatchingWorker.Model<Wish, Completion> {
        @Override
        public List<Completion> answer(List<Wish> wishes) {
            return wishes.stream()
                    .map(wish -> decoder.completer().complete(wish.prompt, wish.settings, wish.listener)).toList();
        }

        @Override
        public void close() {
            decoder.close();
        }
    }
}
