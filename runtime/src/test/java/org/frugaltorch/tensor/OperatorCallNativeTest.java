package org.frugaltorch.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.frugaltorch.bindings.NativeException;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Calls that fail give everything back; bytes tell, because handles that only the native side knows are not counted. */
@ExtendWith(LiveHandles.class)
class OperatorCallNativeTest {
    private static final Operator LINEAR = Operator.of("aten::linear");
    private static final NativeText NONE = NativeText.of("none");

    private static Tensor released() {
        Tensor tensor = Tensors.ones(1);
        tensor.close();
        return tensor;
    }

    /** Every attempt gets 1 MiB, which must be free again although the attempt fails. */
    private static void assertGivesBack(java.util.function.Function<Tensor, ThrowingCallable> attempt, Class<?> failure) {
        try (MemoryLedger ledger = MemoryLedger.open()) {
            for (int i = 0; i < 100; i++) {
                try (TensorScope scope = TensorScope.open()) {
                    ThrowingCallable call = attempt.apply(Tensors.empty(DType.UINT8, Device.CPU, 1 << 20));
                    assertThatThrownBy(call).isInstanceOf(failure);
                }
                assertThat(ledger.liveBytes()).isZero();
            }
        }
        assertThat(Tensors.ones(2).add(1).toFloats()).containsExactly(2, 2);
    }

    @Test
    void aBadArgumentGivesBackThoseBeforeIt() {
        Tensor gone = released();
        assertGivesBack(t -> () -> LINEAR.call().tensor(t).tensor(gone), IllegalStateException.class);
        assertGivesBack(t -> () -> LINEAR.call().optionalTensor(t).optionalTensor(gone), IllegalStateException.class);
        assertGivesBack(t -> () -> LINEAR.call().tensors(List.of(t, t)).string(NONE).integers(1, 2)
                .optionalIntegers(3).optionalInteger(1).tensor(gone), IllegalStateException.class);
        assertGivesBack(t -> () -> LINEAR.call().tensors(List.of(t, gone)), IllegalStateException.class);
    }

    @Test
    void anOperatorThatFailsGivesBackItsArguments() {
        assertGivesBack(t -> () -> LINEAR.call().tensor(t).tensor(t.view(2, -1)).none().tensorResult(), NativeException.class);
        assertGivesBack(t -> () -> Tensors.cat(5, t, t), NativeException.class);
        assertGivesBack(t -> () -> t.reshape(3, 5), NativeException.class);
    }

    @Test
    void withoutAScopeTheArgumentsAreGivenBackToo() throws Exception {
        try (MemoryLedger ledger = MemoryLedger.open()) {
            try (TensorScope scope = TensorScope.open()) {
                Tensor tensor = Tensors.empty(DType.UINT8, Device.CPU, 1 << 20);
                FutureTask<Void> other = new FutureTask<>(() -> {
                    for (int i = 0; i < 100; i++) {
                        assertThatThrownBy(tensor::exp).isInstanceOf(IllegalStateException.class);
                    }
                    return null;
                });
                new Thread(other).start();
                other.get();
            }
            assertThat(ledger.liveBytes()).isZero();
        }
    }

    @Test
    void aNumberCannotStandForATensor() {
        assertThatThrownBy(() -> Operator.of("aten::no_such_operator").call().none().tensorResult())
                .isInstanceOf(NativeException.class).hasMessageStartingWith("aten::no_such_operator: ");
        assertThatThrownBy(() -> Operator.of("aten::add", "Tensor").call().tensor(Tensors.ones(1)).tensor(Tensors.ones(1))
                .integer(1).tensorResult()).as("a Scalar in the schema").isInstanceOf(NativeException.class);
    }

    @Test
    void callsNestInArguments() {
        Tensor one = Tensors.ones(2);
        Tensor result = Operators.MUL.call().tensor(one.add(1)).tensor(Operators.EXP.call().tensor(one.mul(0)).tensorResult())
                .tensorResult();
        assertThat(result.toFloats()).containsExactly(2, 2);
    }

    @Test
    void callsThatAreNeverRunAreNoticed() throws Exception {
        FutureTask<Void> other = new FutureTask<>(() -> {
            assertThatThrownBy(() -> {
                for (int i = 0; i < 100; i++) {
                    LINEAR.call();
                }
            }).isInstanceOf(IllegalStateException.class).hasMessageContaining("a call was begun and never run");
            return null;
        });
        new Thread(other).start();
        other.get();
    }

    @Test
    void stepsOfManyThreadsDoNotMeet() throws Exception {
        List<FutureTask<Double>> tasks = new ArrayList<>();
        for (int t = 1; t <= 4; t++) {
            int number = t;
            tasks.add(new FutureTask<>(() -> {
                double sum = 0;
                for (int i = 0; i < 500; i++) {
                    try (TensorScope scope = TensorScope.open()) {
                        Tensor x = Tensors.full(number, DType.FLOAT64, Device.CPU, 8);
                        sum += Functional.linear(x.reshape(2, 4), x.reshape(2, 4), null).sum().item();
                    }
                }
                return sum;
            }));
        }
        tasks.forEach(task -> new Thread(task).start());
        for (int t = 1; t <= 4; t++) {
            assertThat(tasks.get(t - 1).get()).isEqualTo(500.0 * 4 * 4 * t * t);
        }
    }
}
