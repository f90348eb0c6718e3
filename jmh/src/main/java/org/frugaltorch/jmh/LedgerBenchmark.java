package org.frugaltorch.jmh;

import java.util.concurrent.TimeUnit;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.memory.TrainingStep;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the memory ledger costs while it is open, and what is left of it once it is closed. */
public class LedgerBenchmark extends ModelBenchmark {
    /** Whether there was none yet, one was closed again, or one is open. */
    @Param({"never", "closed", "open"})
    public String ledger;

    /** See {@link Shapes}. */
    @Param("minilm")
    public String shape;

    /** Sequences a step. */
    @Param("32")
    public int batch;

    /** Tokens a sequence. */
    @Param("128")
    public int sequence;

    private TrainingStep training;
    private Tensor number;
    private MemoryLedger open;

    @Setup(Level.Trial)
    public void open() {
        applySettings();
        Engine.seed(1);
        ModelDirectory directory = Shapes.named(shape);
        TokenBatch tokens = StepSubjects.batch(batch, sequence, new long[batch * sequence]);
        ClassifierSettings settings = StepSubjects.classifierSettings(Pooling.CLS, type(), place());
        training = TrainingStep.open(() -> new StepSubjects.Classifier(
                PreparedClassifier.ordinary(new SequenceClassifierDirectory(directory).random(settings)), tokens,
                new long[batch]),
                1e-5, false);
        number = Tensors.of(new float[] {1.5f});
        switch (ledger) {
            case "never" -> { }
            case "closed" -> MemoryLedger.open().close();
            case "open" -> open = MemoryLedger.open();
            default -> throw new IllegalArgumentException("Unknown: '" + ledger
                    + "'; known are never, closed and open");
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        if (open != null) {
            open.close();
        }
        training.close();
    }

    /** A training step of a BERT. */
    @Benchmark
    public double step() {
        return training.run();
    }

    /** An operator with one element, and the release of its result: two reports to the ledger. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    @Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
    @Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
    public void operator() {
        number.mul(number).close();
    }
}
