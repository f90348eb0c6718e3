package org.frugaltorch.jmh.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.frugaltorch.finetune.memory.ClassifierProbe;
import org.frugaltorch.finetune.memory.CountedStep;
import org.frugaltorch.finetune.memory.StepMemory;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.jmh.Shapes;
import org.frugaltorch.jmh.StepMethod;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;

/**
 * Memory and time of a training step of a BERT as one of its sizes grows, the others held where they are.
 *
 * @param shape of the model, see {@link Shapes}
 * @param ranges which values
 * @param timedSteps steps whose median is the time; one where a step is long
 */
record Growth(String shape, List<Range> ranges, int timedSteps) {
    private static final List<String> METHODS =
            List.of("full", "lean", "recompute", "tokentune-0.25", "tokentune-0.25+recompute", "meft1");
    private static final double LONG_SECONDS = 10; // such a step does not vary as short ones do
    private static final List<String> SHARED_METHODS = List.of("tokentune", "tokentune+lean", "tokentune+recompute");

    /** What is varied. */
    enum Axis {
        /** Tokens a sequence. */
        SEQUENCE,
        /** Sequences. */
        BATCH,
        /** Blocks of the model. */
        LAYERS,
        /** Share of tokens that carry gradients. */
        RATIO;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Values of one size.
     *
     * @param batch sequences, unless they are varied
     * @param sequence tokens of each, unless they are varied
     */
    record Range(Axis axis, int batch, int sequence, double... values) {}

    /** What a preset asks for. */
    static Growth of(Preset preset) {
        return switch (preset) {
            case TINY -> new Growth("bert-tiny", List.of(
                    new Range(Axis.SEQUENCE, 2, 0, 16, 32), new Range(Axis.BATCH, 0, 16, 1, 2),
                    new Range(Axis.LAYERS, 2, 16, 1, 2), new Range(Axis.RATIO, 2, 16, 0.25, 1)), 1);
            case QUICK -> new Growth("minilm", List.of(
                    new Range(Axis.SEQUENCE, 1, 0, 64, 128, 256, 512), new Range(Axis.BATCH, 0, 64, 1, 2, 4, 8),
                    new Range(Axis.LAYERS, 2, 64, 2, 4, 6, 8), new Range(Axis.RATIO, 4, 64, 0.1, 0.25, 0.5, 1)), 1);
            default -> new Growth("minilm", List.of(
                    new Range(Axis.SEQUENCE, 1, 0, 128, 256, 512, 1024, 2048, 4096, 8192),
                    new Range(Axis.BATCH, 0, 128, 1, 2, 4, 8, 16, 32),
                    new Range(Axis.LAYERS, 8, 128, 2, 4, 6, 8, 12, 16, 24),
                    new Range(Axis.RATIO, 16, 128, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1)), 3);
        };
    }

    /**
     * Takes all steps, one after the other.
     *
     * @param progress is told each point
     * @param soFar is given all points after each method, so that a run that is ended early leaves what it had
     */
    List<GrowthPoint> run(Consumer<String> progress, Consumer<List<GrowthPoint>> soFar) {
        List<GrowthPoint> points = new ArrayList<>();
        for (Range range : ranges) {
            for (String method : range.axis == Axis.RATIO ? SHARED_METHODS : METHODS) {
                for (double x : range.values) {
                    points.add(measure(range, method, x));
                    GrowthPoint point = points.getLast();
                    progress.accept(range.axis + " " + Durations.digits(x) + ", " + method + ": "
                            + Durations.of(point.seconds()));
                }
                soFar.accept(List.copyOf(points));
            }
        }
        return List.copyOf(points);
    }

    private GrowthPoint measure(Range range, String name, double x) {
        int batch = range.axis == Axis.BATCH ? (int) x : range.batch;
        int sequence = range.axis == Axis.SEQUENCE ? (int) x : range.sequence;
        StepMethod method =
                StepMethod.named(range.axis == Axis.RATIO ? name.replace("tokentune", "tokentune-" + x) : name);
        ModelDirectory directory = directory(range, sequence, x);
        ClassifierSettings settings = new ClassifierSettings(
                List.of("0", "1"), Pooling.MEAN, DType.FLOAT32, Device.CPU, OptionalDouble.of(0));
        try (CountedStep counted = new ClassifierProbe(batch, sequence, 1).open(
                treatment -> new SequenceClassifierDirectory(directory).random(settings, treatment), method.forClassifier(),
                PreparedClassifier.usualRecipe(directory, DType.FLOAT32))) {
            List<Double> seconds = new ArrayList<>();
            do {
                long start = System.nanoTime();
                counted.step().run();
                seconds.add((System.nanoTime() - start) / 1e9);
            } while (seconds.size() < timedSteps && seconds.getLast() < LONG_SECONDS);
            StepMemory memory = counted.memory();
            return new GrowthPoint(range.axis.toString(), x, name, (long) batch * sequence,
                    memory.savedActivationBytes(), memory.formulaBytes(), memory.peakBytes(),
                    Statistics.median(seconds));
        }
    }

    private ModelDirectory directory(Range range, int sequence, double x) {
        if (range.axis == Axis.LAYERS) {
            return Shapes.changed(shape, Map.of("num_hidden_layers", (int) x));
        }
        int positions = Shapes.named(shape).config().maxPositionEmbeddings();
        return Shapes.changed(shape, Map.of("max_position_embeddings", Math.max(positions, sequence)));
    }
}
