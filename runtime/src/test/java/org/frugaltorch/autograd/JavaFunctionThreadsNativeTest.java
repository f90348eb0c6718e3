package org.frugaltorch.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Functions in Java on several threads at once. */
@ExtendWith(LiveHandles.class)
class JavaFunctionThreadsNativeTest {
    @Test
    void severalThreadsShareAParameterAndKeepTheirFailuresApart() throws Exception {
        Tensor w = Tensors.ones(3, 3).setRequiresGrad(true);
        int threads = 4;
        int rounds = 200;
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<Void>> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                RuntimeException own = new UnsupportedOperationException("thread " + i);
                Callable<Void> task = () -> {
                    for (int round = 0; round < rounds; round++) {
                        try (TensorScope scope = TensorScope.open()) {
                            Tensor y = new TestFunctions.LinearWeights(w).function().apply(Tensors.ones(1, 3));
                            Backward.run(y.sum());
                            if (round % 20 == 0) {
                                Tensor z = TestFunctions.square(() -> null, () -> own)
                                        .apply(Tensors.randn(2).setRequiresGrad(true)).sum();
                                assertThatThrownBy(() -> Backward.run(z)).isSameAs(own);
                            }
                        }
                    }
                    return null;
                };
                results.add(executor.submit(task));
            }
            for (Future<Void> result : results) {
                result.get();
            }
        }
        assertThat(w.grad().toDoubles()).containsOnly(threads * rounds);
    }

    /** The first gradient of a parameter replaces nothing, the others are added to it: no order of the two may lose one. */
    @Test
    void firstGradientsOfPlainOperatorsAndOfFunctionsMeet() throws Exception {
        int threads = 4;
        int rounds = 500;
        CyclicBarrier start = new CyclicBarrier(threads);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            for (int round = 0; round < rounds; round++) {
                try (TensorScope scope = TensorScope.open()) {
                    Tensor w = Tensors.ones(3, 3).setRequiresGrad(true);
                    List<Future<Void>> results = new ArrayList<>();
                    for (int i = 0; i < threads; i++) {
                        boolean plain = i % 2 == 0;
                        Callable<Void> task = () -> {
                            try (TensorScope own = TensorScope.open()) {
                                Tensor x = Tensors.ones(1, 3);
                                Tensor y = plain
                                        ? Functional.linear(x, w, null)
                                        : new TestFunctions.LinearWeights(w).function().apply(x);
                                Tensor sum = y.sum();
                                start.await();
                                Backward.run(sum);
                            }
                            return null;
                        };
                        results.add(executor.submit(task));
                    }
                    for (Future<Void> result : results) {
                        result.get();
                    }
                    assertThat(w.grad().toDoubles()).as("round " + round).containsOnly(threads);
                }
            }
        }
    }

    @Test
    void aGraphMayBeRunBackAndDroppedByAnotherThread() throws Exception {
        try (ExecutorService executor = Executors.newSingleThreadExecutor();
                TensorScope shared = TensorScope.detached()) {
            Tensor x = Tensors.randn(3).setRequiresGrad(true);
            Tensor y = TestFunctions.square().apply(x).sum();
            Tensor dropped = shared.adopt(TestFunctions.square().apply(x));
            executor.submit(() -> {
                Backward.run(y);
                dropped.close();
            }).get();
            assertThat(x.grad().toFloats()).isEqualTo(x.detach().mul(2).toFloats());
            assertThat(CarrierKernels.liveCalls()).isZero();
        }
    }
}
