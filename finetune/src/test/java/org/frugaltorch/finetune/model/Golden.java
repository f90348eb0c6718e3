package org.frugaltorch.finetune.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** Values computed by PyTorch and Transformers; see the README beside their generators. */
public final class Golden implements AutoCloseable {
    private final SafetensorsFile file;

    private Golden(SafetensorsFile file) {
        this.file = file;
    }

    /** The golden values in {@code golden/NAME/golden.safetensors}. */
    public static Golden open(String name) {
        return new Golden(SafetensorsFile.open(directory(name).resolve("golden.safetensors")));
    }

    /** The tiny model in {@code golden/NAME}. */
    public static Path directory(String name) {
        URL url = Golden.class.getResource("/golden/" + name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Names of all tiny models that continue text, of every family that can be loaded. */
    public static List<String> decoders() {
        try (Stream<Path> directories = Files.list(directory("llama").getParent())) {
            return directories.filter(Golden::isDecoder).map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean isDecoder(Path path) {
        try {
            if (!Files.exists(path.resolve("model.safetensors"))) {
                return false;
            }
            ModelDirectory model = ModelDirectory.open(path);
            // Matrices in four bits are not trained.
            return model.config().layout().causal() && model.config().encoder() == null && model.quantisation().isEmpty();
        } catch (DataException ofAFamilyThatIsNotSupported) {
            return false;
        }
    }

    /** A classifier with the weights of {@code golden/NAME} and three classes. */
    public static SequenceClassifier classifier(String name, Pooling pooling) {
        return classifier(name, pooling, DType.FLOAT32);
    }

    /** The same with weights of another type. */
    public static SequenceClassifier classifier(String name, Pooling pooling, DType type) {
        return SequenceClassifierDirectory.open(directory(name)).load(new ClassifierSettings(
                List.of("a", "b", "c"), pooling, type, Device.CPU, OptionalDouble.empty()));
    }

    /** The language model in {@code golden/NAME}, all of it trained. */
    public static CausalLanguageModel languageModel(String name, DType type) {
        return ModelDirectory.open(directory(name)).languageModel(LanguageModelSettings.training(type));
    }

    /** A stored tensor, in the innermost scope. */
    public Tensor tensor(String name) {
        var entry = file.entry(name);
        return Tensors.wrap(entry.data(), entry.dtype(), file, entry.shape()).copy();
    }

    /** The inputs as a batch. */
    public TokenBatch batch() {
        long[] shape = file.entry("input_ids").shape();
        try (TensorScope scope = TensorScope.open()) {
            long[] ids = tensor("input_ids").toLongs();
            long[] types = file.names().contains("token_type_ids")
                    ? tensor("token_type_ids").toLongs()
                    : new long[ids.length];
            return new TokenBatch((int) shape[0], (int) shape[1], ids, flags("attention_mask"), types);
        }
    }

    /** The inputs as a model of words or of pictures takes them. */
    public TokenBatch batchFor(TransformerConfig config) {
        if (config.input().image() == null) {
            return batch();
        }
        try (TensorScope scope = TensorScope.open()) {
            return ImagePatches.batch(tensor("pixel_values").toFloats(), config.input().image());
        }
    }

    /** The columns of every row where a stored mask is set. */
    public int[][] columns(String name) {
        boolean[] set = flags(name);
        int rows = (int) file.entry(name).shape()[0];
        int width = set.length / rows;
        return IntStream.range(0, rows)
                .mapToObj(row -> IntStream.range(0, width).filter(column -> set[row * width + column]).toArray())
                .toArray(int[][]::new);
    }

    /** Whether there is a tensor of that name. */
    public boolean has(String name) {
        return file.names().contains(name);
    }

    /** The inputs with their labels, for a model that continues text. */
    public LanguageBatch languageBatch() {
        try (TensorScope scope = TensorScope.open()) {
            return new LanguageBatch(batch(), tensor("labels").toLongs());
        }
    }

    /** A stored mask. */
    public boolean[] flags(String name) {
        long[] values = tensor(name).toLongs();
        boolean[] flags = new boolean[values.length];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = values[i] != 0;
        }
        return flags;
    }

    /** The columns of a batch's rows whose flag is set. */
    public static int[][] columns(TokenBatch batch, boolean[] flags) {
        return IntStream.range(0, batch.rows())
                .mapToObj(row -> IntStream.range(0, batch.width())
                        .filter(column -> flags[row * batch.width() + column])
                        .toArray())
                .toArray(int[][]::new);
    }

    /** Every parameter's gradient must be the stored one; see {@link #assertGradientsClose}. */
    public void assertGradients(String prefix, Parameters parameters, double tolerance) {
        try (TensorScope scope = TensorScope.open()) {
            Map<String, Tensor> actual = new TreeMap<>();
            Map<String, Tensor> expected = new TreeMap<>();
            parameters.asMap().forEach((name, parameter) -> {
                Tensor gradient = parameter.grad();
                assertThat(gradient).as("gradient of " + name).isNotNull();
                actual.put(name, gradient);
                expected.put(name, tensor(prefix + name));
            });
            assertGradientsClose(actual, expected, tolerance);
        }
    }

    /** The same for those that are trained. */
    public void assertGradientsOfTrained(String prefix, Parameters parameters, double tolerance) {
        try (TensorScope scope = TensorScope.open()) {
            Map<String, Tensor> actual = new TreeMap<>();
            Map<String, Tensor> expected = new TreeMap<>();
            parameters.trainableByName().forEach((name, parameter) -> {
                actual.put(name, parameter.grad());
                expected.put(name, tensor(prefix + name));
            });
            assertGradientsClose(actual, expected, tolerance);
        }
    }

    /**
     * Compares gradients of a whole model, each relative to its own largest entry. Some are zero by construction (a bias
     * on all keys alike leaves the softmax as it is) and hold rounding errors of either side; those must be zero
     * relative to the largest gradient of the model.
     */
    public static void assertGradientsClose(
            Map<String, Tensor> actual, Map<String, Tensor> expected, double tolerance) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        double largest = expected.values().stream().mapToDouble(Golden::largest).max().orElseThrow();
        expected.forEach((name, gradient) -> {
            if (largest(gradient) < tolerance * largest) {
                assertThat(largest(actual.get(name))).as("zero gradient of " + name).isLessThan(tolerance * largest);
            } else {
                assertClose(name, actual.get(name), gradient, tolerance);
            }
        });
    }

    private static double largest(Tensor tensor) {
        try (TensorScope scope = TensorScope.open()) {
            return tensor.abs().amax().item();
        }
    }

    /** Largest difference, relative to the largest expected value; NaN is never close. */
    public static double relativeError(Tensor actual, Tensor expected) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor wide = expected.to(DType.FLOAT64);
            double scale = Math.max(wide.abs().amax().item(), 1e-6);
            return actual.detach().to(DType.FLOAT64).sub(wide).abs().amax().item() / scale;
        }
    }

    /** Asserts {@link #relativeError}. */
    public static void assertClose(String what, Tensor actual, Tensor expected, double tolerance) {
        assertThat(actual.shape()).as("shape of " + what).isEqualTo(expected.shape());
        assertThat(relativeError(actual, expected)).as("relative error of " + what).isLessThan(tolerance);
    }

    @Override
    public void close() {
        file.close();
    }
}
