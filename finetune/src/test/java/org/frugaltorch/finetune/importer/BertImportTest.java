package org.frugaltorch.finetune.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.data.WordPieceTokenizer;
import org.frugaltorch.io.Checkpoint;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BertImportTest {
    private static final MavenArtifact UNUSED = new MavenArtifact("g", "n", "1");
    private static final List<String> VOCABULARY = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b");

    @TempDir
    Path directory;
    private Path out;

    @BeforeEach
    void makeOutput() throws IOException {
        out = Files.createDirectory(directory.resolve("out"));
    }

    private String convertOnnx(byte[] onnx) throws IOException {
        String tokenizer = WordPieceTokenizer.toJson(out, VOCABULARY, true)
                .replace("\"truncation\":null", "\"truncation\":{\"max_length\":128}");
        Path jar = Fixtures.jar(directory.resolve("m.jar"), Map.of(
                "m.onnx", onnx, "m-tokenizer.json", tokenizer.getBytes(StandardCharsets.UTF_8)));
        return new OnnxBert(UNUSED, "m", 2).convert(jar, out, step -> { });
    }

    /** Every weight under its name; matrices come back [out, in] from the transposed file. */
    private void checkWeights(String prefix) {
        try (Checkpoint weights = Checkpoint.open(out)) {
            Fixtures.bert().forEach((name, shape) -> {
                assertThat(weights.entry(prefix + name).shape()).as(name).isEqualTo(shape);
                float[] values = weights.entry(prefix + name).data().toArray(ValueLayout.JAVA_FLOAT);
                for (int i = 0; i < values.length; i++) {
                    int columns = Math.toIntExact(shape[shape.length - 1]);
                    int stored = Fixtures.isMatrix(name, shape) ? i % columns * (int) shape[0] + i / columns : i;
                    assertThat(values[i]).as(name + " " + i).isEqualTo(Fixtures.value(name, stored));
                }
            });
        }
    }

    private JsonNode json(String file) throws IOException {
        return new JsonMapper().readTree(Files.readString(out.resolve(file)));
    }

    @Test
    void convertsOnnx() throws IOException {
        assertThat(convertOnnx(Fixtures.onnx(Fixtures.bert()))).startsWith("BERT encoder, 372 parameters");
        checkWeights("");
        try (Checkpoint weights = Checkpoint.open(out)) {
            assertThat(weights.names()).hasSameSizeAs(Fixtures.bert().keySet());
        }
        JsonNode config = json("config.json");
        assertThat(config.path("architectures").path(0).asText()).isEqualTo("BertModel");
        assertThat(config.path("vocab_size").asInt()).isEqualTo(Fixtures.VOCABULARY);
        assertThat(config.path("hidden_size").asInt()).isEqualTo(Fixtures.HIDDEN);
        assertThat(config.path("num_hidden_layers").asInt()).isEqualTo(Fixtures.LAYERS);
        assertThat(config.path("num_attention_heads").asInt()).isEqualTo(2);
        assertThat(config.path("intermediate_size").asInt()).isEqualTo(Fixtures.INNER);
        assertThat(config.path("max_position_embeddings").asInt()).isEqualTo(5);
        assertThat(config.path("layer_norm_eps").asDouble()).isEqualTo(1e-12);
        assertThat(json("tokenizer.json").path("truncation").isNull()).isTrue();
        try (Stream<Path> files = Files.list(out)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(
                    "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");
        }
        try (Tokenizer tokenizer = Tokenizer.open(out)) {
            assertThat(tokenizer.encode("A b", null, new MaxLength(8, false)).ids()).containsExactly(2, 5, 6, 3);
        }
    }

    @Test
    void refusesOnnxThatIsNoCompleteBert() throws IOException {
        Map<String, long[]> shapes = Fixtures.bert();
        shapes.remove("encoder.layer.1.attention.self.key.bias");
        assertThatThrownBy(() -> convertOnnx(Fixtures.onnx(shapes))).isInstanceOf(DataException.class)
                .hasMessage("the weight or bias of encoder.layer.1.attention.self.key is not that of a layer from 4 to 4");
        Files.delete(out.resolve("model.onnx"));
        byte[] wrongSize = Fixtures.message(model -> Fixtures.embed(model, 7, Fixtures.message(graph ->
                Fixtures.embed(graph, 5, Fixtures.tensor("w", 1, new long[] {3}, new byte[8])))));
        assertThatThrownBy(() -> convertOnnx(wrongSize)).isInstanceOf(DataException.class)
                .hasMessageContaining("the tensor w [3] has 8 bytes of data");
    }

    @Test
    void damagedOnnxGivesAClearError() throws IOException {
        byte[] good = Fixtures.onnx(Fixtures.bert());
        Random random = new Random(5);
        int refused = 0;
        for (int round = 0; round < 300; round++) {
            byte[] mutant = random.nextBoolean() ? good.clone() : Arrays.copyOf(good, random.nextInt(good.length));
            for (int change = 0; change < 3 && mutant.length > 0; change++) {
                mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
            }
            try {
                convertOnnx(mutant);
            } catch (DataException clear) {
                refused++;
            }
            Files.deleteIfExists(out.resolve("model.onnx"));
        }
        assertThat(refused).isGreaterThan(100);
    }

    private static String tensorFlowName(String name) {
        return "module/" + (name.startsWith("cls") ? "" : "bert/") + name.replace("encoder.layer.", "encoder.layer_")
                .replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
                .replace("_embeddings.weight", "_embeddings").replace(".weight", ".kernel").replace('.', '/')
                .replace("cls/predictions/bias", "cls/predictions/output_bias");
    }

    private Fixtures.Bundle bundle() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        Map<String, byte[]> tensors = new TreeMap<>();
        Map<String, long[]> bert = Fixtures.bert();
        bert.put("cls.predictions.bias", new long[] {Fixtures.VOCABULARY});
        bert.forEach((name, shape) -> {
            long[] stored = Fixtures.isMatrix(name, shape) ? new long[] {shape[1], shape[0]} : shape;
            shapes.put(tensorFlowName(name), stored);
            tensors.put(tensorFlowName(name), Fixtures.floats(name, stored));
        });
        return Fixtures.bundle(tensors, shapes);
    }

    @Test
    void convertsATensorFlowCheckpoint() throws IOException {
        Fixtures.Bundle bundle = bundle();
        byte[] model = Fixtures.zip(Map.of("variables/variables.index", bundle.index(),
                "variables/variables.data-00000-of-00001", bundle.data(),
                "assets/vocab.txt", String.join("\n", VOCABULARY).getBytes(StandardCharsets.UTF_8)), true);
        Path jar = Fixtures.jar(directory.resolve("tf.jar"), Map.of("path/model", model));
        String summary = new TensorFlowBert(UNUSED, "path/model", 2).convert(jar, out, step -> { });
        assertThat(summary).contains("379 parameters");
        checkWeights("bert.");
        try (Checkpoint weights = Checkpoint.open(out)) {
            assertThat(weights.entry("cls.predictions.bias").elements()).isEqualTo(Fixtures.VOCABULARY);
        }
        assertThat(json("config.json").path("architectures").path(0).asText()).isEqualTo("BertForMaskedLM");
        assertThat(out.resolve("vocab.txt")).exists();
        try (Stream<Path> files = Files.list(out)) {
            assertThat(files.count()).isEqualTo(5);
        }
        assertThatThrownBy(() -> new TensorFlowBert(UNUSED, "other", 2).convert(jar, out, step -> { }))
                .isInstanceOf(DataException.class).hasMessage(jar + " has no entry other");
    }

    @Test
    void everyChangedByteOfACheckpointIsNoticedOrHarmless() {
        Fixtures.Bundle bundle = bundle();
        Map<String, WeightTensor> good = TensorBundle.read("x", bundle.index(), MemorySegment.ofArray(bundle.data()));
        assertThat(good).hasSize(Fixtures.bert().size() + 1);
        byte[] data = bundle.data().clone();
        data[100] ^= 1;
        assertThatThrownBy(() -> TensorBundle.read("x", bundle.index(), MemorySegment.ofArray(data)))
                .isInstanceOf(DataException.class).hasMessageContaining("its checksum differs");
        assertThatThrownBy(() -> TensorBundle.read("x", bundle.index(), MemorySegment.ofArray(Arrays.copyOf(bundle.data(), 50))))
                .isInstanceOf(DataException.class).hasMessageContaining("beyond the end of the data file");
        int refused = 0;
        for (int at = 0; at < bundle.index().length; at++) {
            byte[] index = bundle.index().clone();
            index[at] ^= (byte) (1 << at % 8);
            try {
                assertThat(TensorBundle.read("x", index, MemorySegment.ofArray(bundle.data()))).hasSameSizeAs(good);
            } catch (DataException clear) {
                assertThat(clear).hasMessageStartingWith("x");
                refused++;
            }
        }
        // Only unused parts, the padding of the footer and the block about blocks, may change unnoticed.
        assertThat(refused).isGreaterThan(bundle.index().length - 70);
        for (int length = 0; length < bundle.index().length; length += 13) {
            byte[] cut = Arrays.copyOf(bundle.index(), length);
            assertThatThrownBy(() -> TensorBundle.read("x", cut, MemorySegment.ofArray(bundle.data())))
                    .isInstanceOf(DataException.class);
        }
    }
}
