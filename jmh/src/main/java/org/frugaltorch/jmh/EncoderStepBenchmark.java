package org.frugaltorch.jmh;

import org.frugaltorch.finetune.memory.ClassifierProbe;
import org.frugaltorch.finetune.memory.CountedStep;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A training step of a BERT that classifies sequences, by method. */
public class EncoderStepBenchmark extends ModelBenchmark {
    /** See {@link Shapes}. */
    @Param({"minilm", "bert-base"})
    public String shape;

    /** See {@link StepMethod}. */
    @Param({"full", "lean", "recompute", "tokentune-0.25", "tokentune-0.25+lean", "tokentune-0.25+recompute",
        "lora", "qlora+tokentune-0.25+recompute", "meft1", "meft2", "meft3", "meft1+tokentune-0.25",
        "meft1+nf4+tokentune-0.25"})
    public String method;

    /** Sequences a step. */
    @Param("32")
    public int batch;

    /** Tokens a sequence. */
    @Param("128")
    public int sequence;

    private CountedStep counted;

    @Setup(Level.Trial)
    public void open() {
        applySettings();
        ModelDirectory directory = Shapes.named(shape);
        ClassifierSettings settings = StepSubjects.classifierSettings(Pooling.CLS, type(), place());
        counted = new ClassifierProbe(batch, sequence, 1)
                .open(treatment -> new SequenceClassifierDirectory(directory).random(settings, treatment),
                        StepMethod.named(method).forClassifier(), StepSubjects.recipe(directory, type()));
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
