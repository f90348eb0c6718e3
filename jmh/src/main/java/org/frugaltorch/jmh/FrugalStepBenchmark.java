package org.frugaltorch.jmh;

import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.memory.TrainingStep;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.Device;
import org.openjdk.jmh.annotations.Param;

/** The step that all libraries take, by FrugalTorch; also in other ways, which no other library takes. */
public class FrugalStepBenchmark extends SameStepBenchmark {
    private static final String FLOAT32 = "float32";
    private static final double LENIENCY_OF_MEDIUM_PRECISION = 20;
    private static final double LENIENCY_OF_OTHER_NUMBERS = 100;
    /** A GPU multiplies and adds in another order. */
    private static final double LENIENCY_OF_OTHER_ORDER = 5;

    /** See {@link StepMethod}. */
    @Param("full")
    public String method;

    /** See {@link ModelBenchmark}. */
    @Param(FLOAT32)
    public String dtype;

    /** See {@link ModelBenchmark}. */
    @Param("highest")
    public String precision;

    /** See {@link ModelBenchmark}. */
    @Param("cpu")
    public String device;

    @Override
    protected void loadLibrary() {
        Engine.setMatmulPrecision(ModelBenchmark.precisionNamed(precision));
        Engine.seed(1);
    }

    @Override
    protected Training open(StepFixture from) {
        TrainingStep step = opened(from);
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

    private TrainingStep opened(StepFixture from) {
        return StepFixtures.open(
                from, StepMethod.named(method), ModelBenchmark.typeNamed(dtype), Device.parse(device));
    }

    private boolean isFull() {
        return method.equals("full");
    }

    /**
     * Other methods update other weights, or by other tokens, and small steps are lost in 16 bits: only the loss before the
     * first update is alike. A model that was made reversible is another one from the beginning.
     */
    @Override
    protected int comparedSteps(StepFixture from) {
        if (StepMethod.named(method).method().reversible().isPresent()) {
            return 0;
        }
        return isFull() && dtype.equals(FLOAT32) ? super.comparedSteps(from) : 1;
    }

    @Override
    protected double leniency() {
        if (!isFull() || !dtype.equals(FLOAT32)) {
            return LENIENCY_OF_OTHER_NUMBERS;
        }
        if (!precision.equals("highest")) {
            return LENIENCY_OF_MEDIUM_PRECISION;
        }
        return device.equals("cpu") ? 1 : LENIENCY_OF_OTHER_ORDER;
    }

    @Override
    protected void alsoCount(StepFixture from) {
        try (MemoryLedger ledger = MemoryLedger.open(); TrainingStep counted = opened(from)) {
            counted.run();
            Counters.put(Counters.PEAK, ledger.peakBytes());
        }
    }
}
