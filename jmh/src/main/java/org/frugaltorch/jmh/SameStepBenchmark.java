package org.frugaltorch.jmh;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One training step that several libraries take, each in its way: full fine-tuning in float32, AdamW, no dropout.
 * Losses are compared before anything is measured. What a library does is said by a subclass.
 */
public abstract class SameStepBenchmark extends StepBenchmark {
    /** See {@link StepFixtures.Size}. */
    @Param("minilm-32x128")
    public String fixture;

    private Training training;

    /** A library with a model, ready to train. */
    protected interface Training extends AutoCloseable {
        /** Forward pass, backward pass, AdamW. Returns the loss before the update. */
        double step();

        @Override
        void close();
    }

    /** Loads the library itself, which is not the model's memory. */
    protected abstract void loadLibrary();

    /** Loads weights and batch. */
    protected abstract Training open(StepFixture from);

    /** How many of the first losses must be what was expected; all, unless steps are not the same. */
    protected int comparedSteps(StepFixture from) {
        return from.losses().length;
    }

    @Setup(Level.Trial)
    public void open() {
        StepFixture from = StepFixture.open(BenchmarkSettings.fixture(fixture));
        loadLibrary();
        ResidentMemory memory = ResidentMemory.start();
        training = open(from);
        double[] losses = IntStream.range(0, from.losses().length).mapToDouble(i -> training.step()).toArray();
        if (!Arrays.stream(losses).allMatch(Double::isFinite)) {
            throw new IllegalStateException("The losses are no numbers: " + Arrays.toString(losses));
        }
        from.check(leniency(), Arrays.copyOf(losses, comparedSteps(from)));
        Counters.put(Counters.RESIDENT, memory.peak());
        Counters.put(Counters.LOSS, losses[losses.length - 1]);
        Counters.put(Counters.ITEMS, (double) from.rows() * from.width());
        alsoCount(from);
    }

    /** How many times more than in float32 rounding may explain. */
    protected double leniency() {
        return 1;
    }

    /** Counts what only this library can. */
    protected void alsoCount(StepFixture from) {}

    @TearDown(Level.Trial)
    public void close() {
        training.close();
    }

    @Benchmark
    public double step() {
        return training.step();
    }
}
