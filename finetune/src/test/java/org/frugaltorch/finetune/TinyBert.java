package org.frugaltorch.finetune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.model.ModelFamilies;
import org.frugaltorch.finetune.model.ModelFamily;
import org.frugaltorch.finetune.model.RandomSource;
import org.frugaltorch.finetune.model.StackBuilder;
import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.nn.StoredTensors;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.TensorScope;

/** A complete BERT directory with small random weights, and sentences of its few words that can be told apart. */
public final class TinyBert {
    /** Longest sequence that the model has positions for. */
    public static final int POSITIONS = 32;
    /** Blocks of the model. */
    public static final int LAYERS = 2;

    private static final int WORDS = 90;

    private TinyBert() {}

    /** Writes a model of about 25,000 weights, dropout 0.1. */
    public static Path write(Path directory) {
        return write(directory, 32, WORDS + 5);
    }

    /** Writes a model of another size, for files that take a while to write. */
    public static Path write(Path directory, int hiddenSize, int vocabSize) {
        String config = """
                {"model_type": "bert", "vocab_size": %d, "hidden_size": %d, "num_hidden_layers": %d,
                 "num_attention_heads": 2, "intermediate_size": %d, "max_position_embeddings": %d, "type_vocab_size": 2,
                 "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1}
                """.formatted(vocabSize, hiddenSize, LAYERS, 2 * hiddenSize, POSITIONS);
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("config.json"), config);
            Files.write(directory.resolve("vocab.txt"), Stream.concat(
                    Stream.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
                    IntStream.range(0, vocabSize - 5).mapToObj(i -> "w" + i)).toList());
            writeWeights(directory.resolve("model.safetensors"), new ObjectMapper().readTree(config));
            return directory;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void writeWeights(Path file, JsonNode config) {
        Engine.seed(1);
        ModelFamily family = ModelFamilies.of(config);
        try (TensorScope scope = TensorScope.open();
                Parameters parameters = new Parameters()) {
            new StackBuilder(family.config(config), family.names(),
                    new RandomSource(DType.FLOAT32, Device.CPU), parameters).stack();
            List<SafetensorsWriter.Tensor> tensors = new ArrayList<>();
            parameters.asMap().forEach((name, tensor) -> tensors.add(StoredTensors.of(name, tensor)));
            SafetensorsWriter.write(file, tensors);
        }
    }

    /** Writes a table with the columns {@code text} and {@code label}: sentences of 3 to 20 words in three classes. */
    public static Path sentences(Path file, int count, long seed) {
        Random random = new Random(seed);
        StringBuilder table = new StringBuilder("text\tlabel\n");
        for (int i = 0; i < count; i++) {
            int label = random.nextInt(3);
            String text = IntStream.range(0, 3 + random.nextInt(18))
                    .mapToObj(word -> "w" + (random.nextInt(3) == 0 ? random.nextInt(WORDS) : 3 * random.nextInt(30) + label))
                    .collect(Collectors.joining(" "));
            table.append(text).append('\t').append("class").append(label).append('\n');
        }
        try {
            return Files.writeString(file, table);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
