package org.frugaltorch.finetune;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.instruction.DecoderTokenizer;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.TensorScope;

/** A complete Llama directory with small random weights, the tokenizer of a few words, and instructions in them. */
public final class TinyLlama {
    /** Tasks that can only be learnt by heart. */
    public static final String INSTRUCTIONS = """
            {"instruction": "add", "input": "one and two", "output": "three"}
            {"instruction": "add", "input": "two and two", "output": "four"}
            {"instruction": "say", "input": "hello", "output": "hello one two"}
            {"instruction": "say two", "output": "two two four four"}
            {"instruction": "say three", "output": "three one"}
            {"instruction": "hello", "output": "hello and hello"}
            """;

    private TinyLlama() {}

    /** Writes a model of two blocks and about 15,000 weights. */
    public static Path write(Path directory) {
        return write(directory, 32, DecoderTokenizer.VOCABULARY.size(), 64, DType.FLOAT32);
    }

    /**
     * Writes a model of another size.
     *
     * @param hiddenSize a multiple of 16
     * @param vocabSize rows of the embedding table; the tokenizer knows its few words all the same
     * @param positions longest sequence
     * @param type of the stored weights
     */
    public static Path write(Path directory, int hiddenSize, int vocabSize, int positions, DType type) {
        String config = """
                {"model_type": "llama", "vocab_size": %d, "hidden_size": %d, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": %d, "hidden_act": "silu",
                 "max_position_embeddings": %d, "rms_norm_eps": 1e-5, "initializer_range": 0.1, "bos_token_id": 1,
                 "eos_token_id": 2, "tie_word_embeddings": false}
                """.formatted(vocabSize, hiddenSize, 2 * hiddenSize, positions);
        Engine.seed(1);
        try (TensorScope scope = TensorScope.open()) {
            Path shape = Files.createDirectories(directory.resolveSibling(directory.getFileName() + "-shape"));
            Files.writeString(shape.resolve("config.json"), config);
            DecoderTokenizer.write(shape);
            ModelDirectory described = ModelDirectory.open(shape);
            try (CausalLanguageModel model = described.randomLanguageModel(
                    new LanguageModelSettings(Optional.of(type), Device.CPU, name -> false, false),
                    LinearTreatment.NONE)) {
                described.save(model, directory);
            }
            return directory;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Writes {@link #INSTRUCTIONS}. */
    public static Path instructions(Path file) {
        try {
            return Files.writeString(file, INSTRUCTIONS);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
