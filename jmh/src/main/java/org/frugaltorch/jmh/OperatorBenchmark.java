package org.frugaltorch.jmh;

import org.frugaltorch.engine.Engine;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One operator and the release of its result. With one element the call is all there is to pay for. */
public class OperatorBenchmark extends TimedBenchmark {
    private TensorScope scope;
    private Tensor a;
    private Tensor b;
    private Tensor weight;
    private Tensor large;

    @Setup(Level.Trial)
    public void open() {
        Engine.setThreads(1);
        scope = TensorScope.open();
        a = Tensors.of(new float[] {1.5f});
        b = Tensors.of(new float[] {2.25f});
        weight = Tensors.of(new float[] {2.25f}).setRequiresGrad(true);
        large = Tensors.ones(MEBIBYTE);
        Expected.sum(a.add(b).toFloats());
        Expected.product(a.mul(b).toFloats());
        Expected.sum(a.add(2.25).toFloats());
        Expected.product(a.mul(2.25).toFloats());
    }

    @TearDown(Level.Trial)
    public void close() {
        scope.close();
    }

    @Benchmark
    public void add() {
        a.add(b).close();
    }

    @Benchmark
    public void mul() {
        a.mul(b).close();
    }

    @Benchmark
    public void addNumber() {
        a.add(2.25).close();
    }

    @Benchmark
    public void mulNumber() {
        a.mul(2.25).close();
    }

    /** The sum is recorded for a backward pass, which never comes. */
    @Benchmark
    public void addWithGraph() {
        a.add(weight).close();
    }

    /** The product is recorded for a backward pass, which never comes. */
    @Benchmark
    public void mulWithGraph() {
        a.mul(weight).close();
    }

    @Benchmark
    public void addOneMebibyte() {
        large.add(large).close();
    }

    /** The longer way that all other operators take: by name, through libtorch's dispatcher. */
    @Benchmark
    public void exp() {
        a.exp().close();
    }
}
