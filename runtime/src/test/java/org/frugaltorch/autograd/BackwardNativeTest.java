package org.frugaltorch.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.FutureTask;
import org.frugaltorch.bindings.NativeException;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LiveHandles.class)
class BackwardNativeTest {

    private static Tensor leaf(double... values) {
        return Tensors.of(values).setRequiresGrad(true);
    }

    @Test
    void fromANumber() {
        Tensor x = leaf(1, 2, 3);
        Backward.run(x.mul(x).sum());
        assertThat(x.grad().toDoubles()).containsExactly(2, 4, 6);
    }

    @Test
    void fromAnyShapeWithItsGradient() {
        Tensor x = leaf(1, 2, 3);
        Backward.run(x.mul(x), Tensors.of(new double[] {1, 10, 100}));
        assertThat(x.grad().toDoubles()).containsExactly(2, 40, 600);
    }

    @Test
    void gradientsAddUpUntilTheyAreCleared() {
        Tensor x = leaf(1, 2);
        Backward.run(x.mul(3).sum());
        Backward.run(x.mul(4).sum());
        assertThat(x.grad().toDoubles()).containsExactly(7, 7);
        x.clearGrad();
        assertThat(x.grad()).isNull();
        Backward.run(x.mul(5).sum());
        assertThat(x.grad().toDoubles()).containsExactly(5, 5);
        x.setGrad(Tensors.of(new double[] {-1, -2}));
        assertThat(x.grad().toDoubles()).containsExactly(-1, -2);
    }

    @Test
    void onlyLeavesThatRequireGradientsGetOne() {
        Tensor x = leaf(1);
        Tensor constant = Tensors.of(new double[] {2});
        Tensor product = x.mul(constant);
        Backward.run(product.sum());
        assertThat(constant.grad()).isNull();
        assertThat(product.grad()).isNull();
        assertThat(x.grad()).isNotNull();
        Tensor detached = x.mul(2).detach();
        assertThat(detached.requiresGrad()).isFalse();
        assertThatThrownBy(() -> Backward.run(detached.sum())).isInstanceOf(NativeException.class)
                .hasMessageContaining("does not require grad");
    }

    /** What both outputs share must be walked through once: a second pass through a freed graph would fail. */
    @Test
    void fromSeveralOutputsOfOneGraph() {
        Tensor x = leaf(1, 2);
        Tensor shared = x.mul(x);
        Tensor first = shared.mul(3);
        Tensor second = shared.exp().mul(shared);
        Backward.run(List.of(first, second), List.of(Tensors.of(new double[] {1, 2}), Tensors.of(new double[] {0.5, -1})));
        double[] expected = new double[2];
        double[][] gradients = {{1, 2}, {0.5, -1}};
        for (int i = 0; i < 2; i++) {
            double square = (i + 1) * (i + 1);
            expected[i] = (3 * gradients[0][i] + gradients[1][i] * Math.exp(square) * (1 + square)) * 2 * (i + 1);
        }
        assertThat(x.grad().toDoubles()).containsExactly(expected, within(1e-10));
    }

    @Test
    void fromSeveralOutputsOfDifferentTypesAndShapes() {
        Tensor x = leaf(1, 2);
        Backward.run(List.of(x.mul(2).to(DType.FLOAT32), x.sum(), x.mul(5)),
                List.of(Tensors.ones(2), Tensors.full(3, DType.FLOAT64, Device.CPU), Tensors.of(new double[] {0, 1})));
        assertThat(x.grad().toDoubles()).containsExactly(5, 10);
    }

    @Test
    void worksWhenGradModeIsOffOutside() {
        Tensor x = leaf(1, 2);
        Tensor first = x.mul(2);
        Tensor second = x.mul(3);
        try (GradMode off = GradMode.disabled()) {
            Backward.run(List.of(first, second), List.of(Tensors.of(new double[] {1, 1}), Tensors.of(new double[] {1, 2})));
            assertThat(GradMode.isEnabled()).isFalse();
        }
        assertThat(x.grad().toDoubles()).containsExactly(5, 8);
    }

    @Test
    void everyOutputNeedsAGradient() {
        Tensor x = leaf(1);
        assertThatThrownBy(() -> Backward.run(List.of(), List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Backward.run(List.of(x, x), List.of(x)))
                .hasMessage("Backward needs one gradient an output, got 2 outputs and 1 gradients");
    }

    @Test
    void theGraphIsFreed() {
        Tensor x = Tensors.ones(1 << 16).setRequiresGrad(true);
        try (MemoryLedger ledger = MemoryLedger.open()) {
            Tensor loss;
            try (TensorScope scope = TensorScope.open()) {
                loss = scope.promote(x.exp().exp().sum());
            }
            long graph = ledger.liveBytes();
            assertThat(graph).isEqualTo(2 * x.byteSize() + Float.BYTES);
            Backward.run(loss);
            assertThat(ledger.liveBytes()).isEqualTo(x.byteSize() + Float.BYTES);
            assertThatThrownBy(() -> Backward.run(loss)).isInstanceOf(NativeException.class)
                    .hasMessageContaining("second time");
            x.clearGrad();
        }
    }

    @Test
    void gradModeIsRestoredAndEachThreadsOwn() throws Exception {
        assertThat(GradMode.isEnabled()).isTrue();
        try (GradMode off = GradMode.disabled()) {
            assertThat(GradMode.isEnabled()).isFalse();
            try (GradMode on = GradMode.enabled()) {
                assertThat(GradMode.isEnabled()).isTrue();
            }
            assertThat(GradMode.isEnabled()).isFalse();
            FutureTask<Boolean> other = new FutureTask<>(GradMode::isEnabled);
            new Thread(other).start();
            assertThat(other.get()).isTrue();
        }
        assertThat(GradMode.isEnabled()).isTrue();
    }
}
