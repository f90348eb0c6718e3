package org.frugaltorch.jmh;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.generation.GenerationSettings;
import org.frugaltorch.finetune.generation.TextGenerator;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.LinearTreatment;
import org.frugaltorch.memory.MemoryLedger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Continuing a text, token by token. */
public class GenerationBenchmark extends ModelBenchmark {
    /** See {@link Shapes}. */
    @Param({"llama-15m", "llama-110m"})
    public String shape;

    /** Tokens of the text to continue. */
    @Param("64")
    public int prompt;

    /** Tokens to add. */
    @Param("64")
    public int tokens;

    private CausalLanguageModel model;
    private long[] text;

    @Setup(Level.Trial)
    public void open() {
        applySettings();
        Engine.seed(1);
        model = Shapes.named(shape).randomLanguageModel(
                new LanguageModelSettings(Optional.of(type()), place(), name -> false, false), LinearTreatment.NONE);
        text = new long[prompt];
        Arrays.setAll(text, i -> 3 + i);
        try (MemoryLedger ledger = MemoryLedger.open()) {
            generate();
            Counters.put(Counters.PEAK, ledger.peakBytes());
        }
        Counters.put(Counters.ITEMS, tokens);
    }

    @TearDown(Level.Trial)
    public void close() {
        model.close();
    }

    /** The likeliest token every time, none of which ends the text. */
    @Benchmark
    public long[] generate() {
        return new TextGenerator(model).generate(text, GenerationSettings.greedy(tokens, Set.of()));
    }
}
