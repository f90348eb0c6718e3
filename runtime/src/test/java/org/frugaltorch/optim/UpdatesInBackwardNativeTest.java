package org.frugaltorch.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(LiveHandles.class)
class UpdatesInBackwardNativeTest {
    private static final int LAYERS = 8;
    private static final int WIDTH = 64;

    /** A few layers, and the optimiser of their weights. */
    private static final class Network implements AutoCloseable {
        final Map<String, Tensor> weights = new LinkedHashMap<>();
        final AdamW optimizer;

        Network(DType type) {
            Engine.seed(1);
            for (int i = 0; i < LAYERS; i++) {
                weights.put("layer" + i, Tensors.randn(WIDTH, WIDTH).mul(0.1).to(type).setRequiresGrad(true));
            }
            weights.put("unused", Tensors.randn(3).to(type).setRequiresGrad(true));
            optimizer = new AdamW(List.of(new AdamW.Group(weights, 0.1)), AdamW.Settings.DEFAULT);
        }

        Tensor loss(long seed) {
            Engine.seed(seed);
            Tensor states = Tensors.randn(4, WIDTH).to(weights.get("layer0").dtype());
            for (int i = 0; i < LAYERS; i++) {
                states = Functional.gelu(Functional.linear(states, weights.get("layer" + i), null));
            }
            return states.mul(states).mean();
        }

        @Override
        public void close() {
            optimizer.close();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT64"})
    void parametersAndNormsAreThoseOfStepsAfterThePassBitForBit(DType type) {
        try (Network ordinary = new Network(type);
                Network early = new Network(type);
                UpdatesInBackward updates = new UpdatesInBackward(early.optimizer, early.weights)) {
            for (int step = 1; step <= 5; step++) {
                double learningRate = 0.01 / step;
                Backward.run(ordinary.loss(step));
                double norm = GradientClipping.clip(ordinary.weights.values(), 0);
                ordinary.optimizer.step(learningRate);
                ordinary.weights.values().forEach(Tensor::clearGrad);

                updates.begin(learningRate);
                Backward.run(early.loss(step));
                assertThat(updates.finish()).isEqualTo(norm);
                ordinary.weights.forEach((name, weight) ->
                        assertThat(early.weights.get(name).toFloats()).as(name).isEqualTo(weight.toFloats()));
            }
            ordinary.optimizer.state().forEach((name, moment) ->
                    assertThat(early.optimizer.state().get(name).toFloats()).as(name).isEqualTo(moment.toFloats()));
        }
    }

    @Test
    void neverAreThereAllGradients() {
        long bytes = (long) Float.BYTES * WIDTH * WIDTH;
        try (MemoryLedger ledger = MemoryLedger.open();
                Network network = new Network(DType.FLOAT32)) {
            network.optimizer.prepare();
            ledger.resetPeaks();
            long before = ledger.liveBytes();
            long ordinary;
            try (TensorScope step = TensorScope.open()) {
                Backward.run(network.loss(1));
                ordinary = ledger.peakBytes() - before;
            }
            network.weights.values().forEach(Tensor::clearGrad);
            try (UpdatesInBackward updates = new UpdatesInBackward(network.optimizer, network.weights);
                    TensorScope step = TensorScope.open()) {
                ledger.resetPeaks();
                updates.begin(0.01);
                Backward.run(network.loss(1));
                updates.finish();
                assertThat(updates.mostGradientBytes()).isEqualTo(bytes);
                assertThat(ordinary - (ledger.peakBytes() - before)).as("bytes less at the peak")
                        .isBetween((LAYERS - 2) * bytes, LAYERS * bytes);
            }
            assertThat(ledger.liveBytes()).isEqualTo(before);
        }
    }

    @Test
    void aGradientThatIsNoNumberEndsTheUpdates() {
        try (Network network = new Network(DType.FLOAT32);
                UpdatesInBackward updates = new UpdatesInBackward(network.optimizer, network.weights)) {
            network.weights.get("layer3").detach().fillInPlace(Double.NaN);
            float[] lowest = network.weights.get("layer0").toFloats();
            updates.begin(0.01);
            Backward.run(network.loss(1));
            assertThat(updates.finish()).isNaN();
            assertThat(network.weights.get("layer0").toFloats()).isEqualTo(lowest);
            network.weights.values().forEach(weight -> assertThat(weight.grad()).isNull());
        }
    }

    @Test
    void aPassOutsideOfAStepIsRefused() {
        try (Network network = new Network(DType.FLOAT32);
                UpdatesInBackward updates = new UpdatesInBackward(network.optimizer, network.weights)) {
            Tensor loss = network.loss(1);
            assertThatThrownBy(() -> Backward.run(loss)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("call begin before each");
            network.weights.values().forEach(Tensor::clearGrad);
        }
    }
}
