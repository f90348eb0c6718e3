package org.frugaltorch.jmh;

import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What ownership costs. */
public class ScopeBenchmark extends TimedBenchmark {
    private static final int TENSORS = 1000;

    private TensorScope outer;
    private Tensor tensor;

    @Setup(Level.Trial)
    public void open() {
        outer = TensorScope.open();
        tensor = Tensors.ones(1);
    }

    @TearDown(Level.Trial)
    public void close() {
        outer.close();
    }

    /** A scope with nothing in it. */
    @Benchmark
    public void empty() {
        try (TensorScope scope = TensorScope.open()) {
            // Opening and closing is all.
        }
    }

    /** Another handle of a tensor, owned by a scope of 1,000 and released by its end; time of one. */
    @Benchmark
    @OperationsPerInvocation(TENSORS)
    public void thousandHandles() {
        try (TensorScope scope = TensorScope.open()) {
            for (int i = 0; i < TENSORS; i++) {
                tensor.alias();
            }
        }
    }
}
