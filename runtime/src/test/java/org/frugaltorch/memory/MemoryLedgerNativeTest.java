package org.frugaltorch.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.bindings.OutOfTorchMemoryException;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LiveHandles.class)
class MemoryLedgerNativeTest {
    private static final long KIB = 1024;

    private static Tensor bytes(long count) {
        return Tensors.empty(DType.UINT8, Device.CPU, count);
    }

    @Test
    void settlingLeavesNothingBehindOnTheProcessor() {
        try (MemoryLedger ledger = MemoryLedger.open()) {
            MemoryLedger.settle(Device.CPU);
            assertThat(ledger.liveBytes()).isZero();
            assertThat(ledger.peakBytes()).isPositive();
        }
    }

    @Test
    void thisLibtorchIsSupported() {
        assertThat(MemoryLedger.isSupported()).isTrue();
    }

    @Test
    void countsEveryByte() {
        Tensor before = bytes(64 * KIB);
        try (MemoryLedger ledger = MemoryLedger.open()) {
            assertThat(ledger.liveBytes()).isZero();
            Tensor first = bytes(4 * KIB);
            Tensor second = Tensors.zeros(DType.FLOAT64, Device.CPU, 128, 8);
            assertThat(ledger.liveBytes()).isEqualTo(12 * KIB);
            Tensor view = first.narrow(0, 0, KIB);
            assertThat(ledger.liveBytes()).as("views take nothing").isEqualTo(12 * KIB);
            first.close();
            assertThat(ledger.liveBytes()).as("a view keeps the whole storage").isEqualTo(12 * KIB);
            view.close();
            assertThat(ledger.liveBytes()).isEqualTo(8 * KIB);
            second.close();
            assertThat(ledger.liveBytes()).isZero();
            assertThat(ledger.peakBytes()).isEqualTo(12 * KIB);
            assertThat(ledger.allocations()).isEqualTo(2);
            assertThat(ledger.liveBytesByDevice()).isEqualTo(Map.of("cpu", 0L));
            before.close();
            assertThat(ledger.liveBytes()).as("what was there before is none of its business").isZero();
        }
    }

    /** libtorch remembers the size of a block of whose release it was not told, and then takes another's for that. */
    @Test
    void blocksThatWereAllocatedOutsideAreNeverCounted() {
        List<Tensor> blocks = new ArrayList<>();
        try (MemoryLedger ledger = MemoryLedger.open()) {
            IntStream.range(0, 100).forEach(i -> blocks.add(bytes(32 * KIB)));
        }
        blocks.forEach(Tensor::close);
        blocks.clear();
        IntStream.range(0, 100).forEach(i -> blocks.add(bytes(32 * KIB))); // as a rule at the same addresses
        try (MemoryLedger ledger = MemoryLedger.open()) {
            blocks.forEach(Tensor::close);
            assertThat(ledger.liveBytes()).isZero();
        }
    }

    @Test
    void arithmeticWithNumbersLeavesNothingBehind() {
        try (MemoryLedger ledger = MemoryLedger.open()) {
            try (TensorScope scope = TensorScope.open()) {
                Tensor half = Tensors.ones(3).to(DType.BFLOAT16);
                half.add(1).mul(2).div(3).sub(1).eq(0);
                Tensors.ones(3).add(1).mul(2).div(3).pow(2);
                Tensors.of(new long[] {1}).add(1).mul(2);
            }
            assertThat(ledger.liveBytes()).isZero();
        }
    }

    @Test
    void tellsPhasesApart() {
        try (MemoryLedger ledger = MemoryLedger.open()) {
            assertThat(ledger.phase()).isEqualTo(Phase.REST);
            Tensor weights = bytes(10 * KIB);
            ledger.enter(Phase.FORWARD);
            bytes(5 * KIB).close();
            Tensor saved = bytes(2 * KIB);
            ledger.enter(Phase.BACKWARD);
            bytes(KIB).close();
            saved.close();
            ledger.enter(Phase.OPTIMIZER);
            assertThat(ledger.peakBytes(Phase.REST)).isEqualTo(10 * KIB);
            assertThat(ledger.peakBytes(Phase.FORWARD)).isEqualTo(15 * KIB);
            assertThat(ledger.peakBytes(Phase.BACKWARD)).isEqualTo(13 * KIB);
            assertThat(ledger.peakBytes(Phase.OPTIMIZER)).as("what is live at the start").isEqualTo(10 * KIB);
            assertThat(ledger.peakBytes(Phase.EVALUATION)).isZero();
            assertThat(ledger.peakBytes()).isEqualTo(15 * KIB);

            ledger.resetPeaks();
            assertThat(ledger.peakBytes()).isEqualTo(10 * KIB);
            assertThat(ledger.peakBytes(Phase.FORWARD)).isZero();
            assertThat(ledger.peakBytes(Phase.OPTIMIZER)).isEqualTo(10 * KIB);
            weights.close();
        }
    }

    @Test
    void ledgersNest() {
        try (MemoryLedger outer = MemoryLedger.open()) {
            Tensor tensor;
            try (MemoryLedger inner = MemoryLedger.open()) {
                tensor = bytes(KIB);
                assertThat(inner.liveBytes()).isEqualTo(KIB);
                assertThat(outer.liveBytes()).isEqualTo(KIB);
                assertThat(outer.peakBytes()).isEqualTo(KIB);
            }
            assertThat(outer.liveBytes()).isEqualTo(KIB);
            tensor.close();
            assertThat(outer.liveBytes()).isZero();
        }
    }

    @Test
    void mustBeClosedByItsThreadInnermostFirst() throws Exception {
        MemoryLedger outer = MemoryLedger.open();
        MemoryLedger inner = MemoryLedger.open();
        assertThatThrownBy(outer::close).isInstanceOf(IllegalStateException.class);
        FutureTask<Void> other = new FutureTask<>(() -> {
            assertThatThrownBy(inner::close).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the thread that opened it");
            return null;
        });
        new Thread(other).start();
        other.get();
        bytes(KIB);
        inner.close();
        inner.close();
        assertThat(outer.liveBytes()).isEqualTo(KIB);
        outer.close();
        bytes(KIB);
        assertThat(outer.liveBytes()).as("closed ledgers keep their numbers").isEqualTo(KIB);
        assertThat(inner.peakBytes()).isEqualTo(KIB);
    }

    @Test
    void otherThreadsAreNotCounted() throws Exception {
        try (MemoryLedger ledger = MemoryLedger.open()) {
            FutureTask<Void> other = new FutureTask<>(() -> {
                try (TensorScope scope = TensorScope.open()) {
                    bytes(KIB);
                }
                return null;
            });
            new Thread(other).start();
            other.get();
            assertThat(ledger.allocations()).isZero();
        }
    }

    /** Linear and GELU save the product, which GELU's derivative needs, and share the input; the sum needs no values. */
    @Test
    void afterTheForwardPassExactlyTheSavedActivationIsLive() {
        int rows = 64;
        int in = 32;
        int out = 128;
        Tensor input = Tensors.randn(rows, in);
        Tensor weight = Tensors.randn(out, in).setRequiresGrad(true);
        Tensor bias = Tensors.randn(out).setRequiresGrad(true);
        long product = 4L * rows * out;
        try (MemoryLedger ledger = MemoryLedger.open()) {
            ledger.enter(Phase.FORWARD);
            Tensor loss;
            try (TensorScope scope = TensorScope.open()) {
                loss = scope.promote(Functional.gelu(Functional.linear(input, weight, bias)).sum());
            }
            assertThat(ledger.liveBytes()).isEqualTo(product + Float.BYTES);
            assertThat(ledger.peakBytes(Phase.FORWARD)).isBetween(2 * product, 2 * product + 64);

            ledger.enter(Phase.BACKWARD);
            Backward.run(loss);
            loss.close();
            long gradients = 4L * (out * in + out);
            assertThat(ledger.liveBytes()).as("gradients are left").isEqualTo(gradients);
            assertThat(ledger.peakBytes(Phase.BACKWARD)).as("the product, its gradient and those of the parameters")
                    .isGreaterThanOrEqualTo(2 * product);
            weight.clearGrad();
            bias.clearGrad();
            assertThat(ledger.liveBytes()).isZero();
        }
    }

    @Test
    void withoutAGraphNothingIsSaved() {
        Tensor weight = Tensors.randn(64, 32).setRequiresGrad(true);
        Tensor input = Tensors.randn(16, 32);
        try (MemoryLedger ledger = MemoryLedger.open(); GradMode off = GradMode.disabled()) {
            Tensor loss;
            try (TensorScope scope = TensorScope.open()) {
                loss = scope.promote(Functional.gelu(Functional.linear(input, weight, null)).sum());
            }
            assertThat(ledger.liveBytes()).isEqualTo(Float.BYTES);
            loss.close();
        }
    }

    @Test
    void remembersWhatThereWasNoMemoryFor() {
        long tooMuch = 1L << 50;
        try (MemoryLedger outer = MemoryLedger.open();
                MemoryLedger ledger = MemoryLedger.open()) {
            Tensor weights = bytes(KIB);
            assertThat(ledger.lastShortage()).isEmpty();
            ledger.enter(Phase.BACKWARD);
            assertThatThrownBy(() -> bytes(tooMuch)).isInstanceOf(OutOfTorchMemoryException.class);
            assertThat(ledger.lastShortage()).contains(new MemoryLedger.Shortage(tooMuch, KIB, Phase.BACKWARD));
            assertThat(outer.lastShortage()).contains(new MemoryLedger.Shortage(tooMuch, KIB, Phase.REST));
            assertThat(ledger.liveBytes()).as("nothing was given").isEqualTo(KIB);
            weights.close();
        }
    }
}
