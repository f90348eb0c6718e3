package org.frugaltorch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.memory.Phase;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.optim.GradientClipping;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A whole training run: it learns, and no step leaves a handle or a byte behind. */
@ExtendWith(LiveHandles.class)
class TrainingLoopNativeTest {
    private static final int STEPS = 2000;
    private static final int BATCH = 16;
    private static final int HIDDEN = 24;

    @Test
    void everyStepEndsWithWhatItBeganWith() {
        Engine.seed(9);
        try (MemoryLedger ledger = MemoryLedger.open(); Parameters parameters = new Parameters()) {
            Linear first = layer(parameters, "first", 2, HIDDEN);
            Linear second = layer(parameters, "second", HIDDEN, 1);
            try (AdamW optimiser = new AdamW(
                    List.of(new AdamW.Group(parameters.asMap(), 0.01)), AdamW.Settings.DEFAULT)) {
                double start = step(first, second, parameters, optimiser, ledger);
                long handles = TensorScope.liveHandles();
                long bytes = ledger.liveBytes();
                assertThat(bytes).isEqualTo(parameters.byteSize() + optimiser.byteSize() + 4L * parameters.tensors().size());
                double last = 0;
                for (int i = 1; i < STEPS; i++) {
                    last = step(first, second, parameters, optimiser, ledger);
                    assertThat(TensorScope.liveHandles()).isEqualTo(handles);
                    assertThat(ledger.liveBytes()).isEqualTo(bytes);
                }
                assertThat(last).isLessThan(start / 50);
                assertThat(ledger.peakBytes(Phase.BACKWARD)).isGreaterThan(bytes + parameters.byteSize());
            }
        }
    }

    private static Linear layer(Parameters parameters, String name, long in, long out) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor weight = parameters.add(name + ".weight", Tensors.randn(out, in).mul(1 / Math.sqrt(in)));
            Tensor bias = parameters.add(name + ".bias", Tensors.zeros(out));
            return new Linear(weight.setRequiresGrad(true), bias.setRequiresGrad(true));
        }
    }

    /** One step towards the product of two numbers; the loss of its batch. */
    private static double step(Linear first, Linear second, Parameters parameters, AdamW optimiser, MemoryLedger ledger) {
        try (TensorScope scope = TensorScope.open()) {
            ledger.enter(Phase.FORWARD);
            Tensor input = Tensors.randn(BATCH, 2);
            Tensor target = input.select(1, 0).mul(input.select(1, 1)).unsqueeze(1);
            Tensor loss = Functional.meanSquaredError(second.forward(first.forward(input).tanh()), target);
            ledger.enter(Phase.BACKWARD);
            Backward.run(loss);
            ledger.enter(Phase.OPTIMIZER);
            GradientClipping.clip(parameters.tensors(), 1);
            optimiser.step(0.01);
            parameters.clearGrads();
            ledger.enter(Phase.REST);
            return loss.item();
        }
    }
}
