package org.frugaltorch.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.measure.MeasuredJson;
import org.frugaltorch.finetune.memory.TrainingStep;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.LanguageBatch;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.TensorScope;

/** Makes {@link StepFixture}s, and takes their steps with FrugalTorch. */
public final class StepFixtures {
    private static final List<String> CLASSES = List.of("0", "1");
    private static final double LEARNING_RATE = 1e-3;
    private static final int COMPARED_STEPS = 3;

    private StepFixtures() {}

    /**
     * What a fixture is made of, by a name such as {@code minilm-32x128}.
     *
     * @param shape see {@link Shapes}
     */
    public record Size(String shape, int batch, int sequence) {
        /**
         * Reads a name.
         *
         * @throws IllegalArgumentException when it is none
         */
        public static Size named(String name) {
            int dash = name.lastIndexOf('-');
            String[] numbers = name.substring(dash + 1).split("x", -1);
            if (dash < 1 || numbers.length != 2 || !numbers[0].matches("[1-9]\\d{0,4}")
                    || !numbers[1].matches("[1-9]\\d{0,5}")) {
                throw new IllegalArgumentException("'" + name
                        + "' names no training step: it must be a shape, a number of"
                        + " sequences and a number of tokens, such as minilm-32x128");
            }
            return new Size(name.substring(0, dash), Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
        }

        @Override
        public String toString() {
            return shape + "-" + batch + "x" + sequence;
        }
    }

    /**
     * Makes a fixture with weights drawn at random, in a folder of its name, unless it is there.
     *
     * @return the folder
     */
    public static Path make(Path parent, Size size) {
        Path directory = parent.resolve(size.toString());
        if (Files.exists(directory.resolve(StepFixture.EXPECTED))) {
            return directory;
        }
        ModelDirectory shape = Shapes.named(size.shape);
        boolean causal = shape.config().layout().causal();
        Engine.seed(1);
        try (TensorScope scope = TensorScope.open()) {
            writeModel(shape, causal, directory.resolve(StepFixture.MODEL));
        }
        int cells = Math.multiplyExact(size.batch, size.sequence);
        long[] tokens = RandomGenerator.of("L64X128MixRandom").longs(cells, 0, shape.config().vocabSize()).toArray();
        long[] labels = causal
                ? tokens
                : IntStream.range(0, size.batch).mapToLong(row -> row % CLASSES.size()).toArray();
        long[] width = {size.batch, size.sequence};
        SafetensorsWriter.write(directory.resolve(StepFixture.BATCH), List.of(
                SafetensorsWriter.Tensor.of("input_ids", DType.INT64, width, () -> MemorySegment.ofArray(tokens)),
                SafetensorsWriter.Tensor.of("labels", DType.INT64, causal ? width : new long[] {size.batch},
                        () -> MemorySegment.ofArray(labels))));
        writeExpected(directory, size, new double[0]);
        writeExpected(directory, size, losses(StepFixture.open(directory)));
        return directory;
    }

    private static void writeModel(ModelDirectory shape, boolean causal, Path target) {
        if (causal) {
            try (CausalLanguageModel model = shape.randomLanguageModel(
                    LanguageModelSettings.training(DType.FLOAT32), LinearTreatment.NONE)) {
                shape.save(model, target);
            }
        } else {
            try (SequenceClassifier model = shape.randomClassifier(settings())) {
                shape.save(model, CLASSES, target);
            }
        }
    }

    private static void writeExpected(Path directory, Size size, double[] losses) {
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("batch", size.batch);
        expected.put("sequence", size.sequence);
        expected.put("learningRate", LEARNING_RATE);
        expected.put("losses", losses);
        AtomicFiles.writeString(directory.resolve(StepFixture.EXPECTED), MeasuredJson.indented(expected));
    }

    private static double[] losses(StepFixture fixture) {
        try (TrainingStep step = open(fixture, DType.FLOAT32, Device.CPU)) {
            return IntStream.range(0, COMPARED_STEPS).mapToDouble(i -> step.run()).toArray();
        }
    }

    /** Makes FrugalTorch ready to take the steps of a fixture. */
    static TrainingStep open(StepFixture fixture, DType dtype, Device device) {
        ModelDirectory directory = ModelDirectory.open(fixture.directory().resolve(StepFixture.MODEL));
        long[] tokens = fixture.tokens();
        boolean[] valid = new boolean[tokens.length];
        Arrays.fill(valid, true);
        TokenBatch batch = new TokenBatch(fixture.rows(), fixture.width(), tokens, valid, new long[tokens.length]);
        long[] labels = fixture.labels();
        if (fixture.causal()) {
            var settings = new LanguageModelSettings(java.util.Optional.of(dtype), device, name -> true, false);
            return TrainingStep.open(() -> new StepSubjects.LanguageModel(
                    directory.languageModel(settings), new LanguageBatch(batch, labels)), fixture.learningRate());
        }
        var settings = new ClassifierSettings(CLASSES, Pooling.CLS, dtype, device, OptionalDouble.of(0));
        return TrainingStep.open(
                () -> new StepSubjects.Classifier(directory.classifier(settings), batch, labels),
                fixture.learningRate());
    }

    private static ClassifierSettings settings() {
        return new ClassifierSettings(CLASSES, Pooling.CLS, DType.FLOAT32, Device.CPU, OptionalDouble.of(0));
    }

    /** Removes a folder of fixtures. */
    public static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
