package org.frugaltorch.jmh;

import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One operator and the release of its result. With one element the call is all there is to pay for. */
public class OperatorBenchmark extends TimedBenchmark {
    /** Where: cpu, or cuda with a number. */
    @Param("cpu")
    public String device;

    private TensorScope scope;
    private Tensor a;
    private Tensor b;
    private Tensor weight;
    private Tensor large;
    private Tensor largeWeight;

    @Setup(Level.Trial)
    public void open() {
        Engine.setThreads(1);
        scope = TensorScope.open();
        Device place = Device.parse(device);
        a = Tensors.of(new float[] {1.5f}).to(place);
        b = Tensors.of(new float[] {2.25f}).to(place);
        weight = Tensors.of(new float[] {2.25f}).to(place).setRequiresGrad(true);
        large = Tensors.ones(MEBIBYTE).to(place);
        largeWeight = Tensors.ones(MEBIBYTE).to(place).setRequiresGrad(true);
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

    @Benchmark
    public void mulOneMebibyte() {
        large.mul(large).close();
    }

    @Benchmark
    public void mulOneMebibyteWithGraph() {
        large.mul(largeWeight).close();
    }

    /** A product and its backward pass, which adds to the weight's gradient. */
    @Benchmark
    public void mulAndBackward() {
        try (Tensor product = a.mul(weight)) {
            Backward.run(product);
        }
    }

    /** A product, its sum and their backward pass, which adds to the weight's gradient. */
    @Benchmark
    public void mulAndBackwardOneMebibyte() {
        try (Tensor product = large.mul(largeWeight); Tensor sum = product.sum()) {
            Backward.run(sum);
        }
    }

    /** The longer way that all other operators take: by name, through libtorch's dispatcher. */
    @Benchmark
    public void exp() {
        a.exp().close();
    }
}
