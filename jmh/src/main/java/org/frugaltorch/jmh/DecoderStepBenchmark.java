package org.frugaltorch.jmh;

import org.frugaltorch.finetune.memory.CountedStep;
import org.frugaltorch.finetune.memory.LanguageModelProbe;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A training step of a Llama that learns to continue text, by method. Adapters have rank 8 and sit on all linear
 * layers.
 */
public class DecoderStepBenchmark extends ModelBenchmark {
    /** See {@link Shapes}. */
    @Param({"llama-15m", "llama-110m", "llama-1.1b"})
    public String shape;

    /** See {@link StepMethod}. */
    @Param({"full", "full+chunked", "full+chunked+in-backward", "lean+chunked", "recompute+chunked", "tokentune-0.3",
        "lora", "lora+tokentune-0.3", "qlora", "qlora+tokentune-0.3", "qlora+tokentune-0.3+recompute+chunked"})
    public String method;

    /** Sequences a step. */
    @Param("1")
    public int batch;

    /** Tokens a sequence. */
    @Param("512")
    public int sequence;

    private CountedStep counted;

    @Setup(Level.Trial)
    public void open() {
        applySettings();
        counted = new LanguageModelProbe(Shapes.named(shape), type(), place(), StepSubjects.LORA, batch, sequence, 1)
                .open(StepMethod.named(method).forLanguageModel());
        Counters.put(counted.memory());
        Counters.put(Counters.ITEMS, (double) batch * sequence);
    }

    @TearDown(Level.Trial)
    public void close() {
        counted.close();
    }

    /** Forward pass, backward pass, AdamW. */
    @Benchmark
    public double step() {
        return counted.step().run();
    }
}
