package org.frugaltorch.jmh;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.measure.MeasuredJson;
import org.frugaltorch.finetune.memory.TrainingStep;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.io.AtomicFiles;
import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.TensorScope;

/** Makes {@link StepFixture}s, and takes their steps with FrugalTorch. */
public final class StepFixtures {
    /**
     * Usual for BERT. DJL's AdamW adds its epsilon before it corrects the moments' bias, the others after: at fifty times
     * this rate, that alone moves the third loss by 0.2 %, in float64 as well.
     */
    private static final double LEARNING_RATE = 2e-5;
    private static final long SEED = 1;
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
        Engine.seed(SEED);
        try (TensorScope scope = TensorScope.open()) {
            writeModel(shape, causal, directory.resolve(StepFixture.MODEL));
        }
        int cells = Math.multiplyExact(size.batch, size.sequence);
        long[] tokens = new SplittableRandom(SEED).longs(cells, 0, shape.config().vocabSize()).toArray();
        long[] labels = causal
                ? tokens
                : IntStream.range(0, size.batch).mapToLong(row -> row % StepSubjects.CLASSES.size()).toArray();
        long[] width = {size.batch, size.sequence};
        SafetensorsWriter.write(directory.resolve(StepFixture.BATCH), List.of(
                SafetensorsWriter.Tensor.of("input_ids", DType.INT64, width, () -> MemorySegment.ofArray(tokens)),
                SafetensorsWriter.Tensor.of("labels", DType.INT64, causal ? width : new long[] {size.batch},
                        () -> MemorySegment.ofArray(labels))));
        StepFixture fixture = new StepFixture(
                directory, shape.json(), size.batch, size.sequence, LEARNING_RATE, new double[0]);
        writeExpected(fixture, losses(fixture));
        return directory;
    }

    private static void writeModel(ModelDirectory shape, boolean causal, Path target) {
        if (causal) {
            try (CausalLanguageModel model = shape.randomLanguageModel(
                    LanguageModelSettings.training(DType.FLOAT32), LinearTreatment.NONE)) {
                shape.save(model, target);
            }
        } else {
            ClassifierSettings settings =
                    StepSubjects.classifierSettings(Pooling.CLS, DType.FLOAT32, Device.CPU);
            SequenceClassifierDirectory classifiers = new SequenceClassifierDirectory(shape);
            try (SequenceClassifier model = classifiers.random(settings)) {
                classifiers.save(model, StepSubjects.CLASSES, target);
            }
        }
    }

    private static void writeExpected(StepFixture fixture, double... losses) {
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("batch", fixture.rows());
        expected.put("sequence", fixture.width());
        expected.put("learningRate", fixture.learningRate());
        expected.put("losses", losses);
        AtomicFiles.writeString(fixture.directory().resolve(StepFixture.EXPECTED), MeasuredJson.indented(expected));
    }

    private static double[] losses(StepFixture fixture) {
        try (TrainingStep step = open(fixture, StepMethod.named("full"), DType.FLOAT32, Device.CPU)) {
            return IntStream.range(0, COMPARED_STEPS).mapToDouble(i -> step.run()).toArray();
        }
    }

    /** Makes FrugalTorch ready to take the steps of a fixture. */
    static TrainingStep open(StepFixture fixture, StepMethod method, DType dtype, Device device) {
        return TrainingStep.open(() -> StepSubjects.of(fixture, method, dtype, device), fixture.learningRate(),
                method.inBackward());
    }
}
