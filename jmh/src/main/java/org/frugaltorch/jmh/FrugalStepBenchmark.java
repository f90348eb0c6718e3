package org.frugaltorch.jmh;

import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.memory.TrainingStep;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.openjdk.jmh.annotations.Param;

/** The step that all libraries take, by FrugalTorch. */
public class FrugalStepBenchmark extends SameStepBenchmark {
    private static final double LENIENCY_OF_LESS_PRECISION = 20;

    /** See {@link ModelBenchmark}. */
    @Param("highest")
    public String precision;

    /** See {@link ModelBenchmark}. */
    @Param("cpu")
    public String device;

    @Override
    protected void loadLibrary() {
        Engine.setMatmulPrecision(ModelBenchmark.precisionNamed(precision));
    }

    @Override
    protected Training open(StepFixture from) {
        TrainingStep step = StepFixtures.open(from, DType.FLOAT32, Device.parse(device));
        return new Training() {
            @Override
            public double step() {
                return step.run();
            }

            @Override
            public void close() {
                step.close();
            }
        };
    }

    @Override
    protected double leniency() {
        return precision.equals("highest") ? 1 : LENIENCY_OF_LESS_PRECISION;
    }

    @Override
    protected void alsoCount(StepFixture from) {
        try (MemoryLedger ledger = MemoryLedger.open();
                TrainingStep counted = StepFixtures.open(from, DType.FLOAT32, Device.parse(device))) {
            counted.run();
            Counters.put(Counters.PEAK, ledger.peakBytes());
        }
    }
}
