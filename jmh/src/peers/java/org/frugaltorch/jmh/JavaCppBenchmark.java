package org.frugaltorch.jmh;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** JavaCPP's binding of libtorch's C++ API (JNI): one operator and the release of its result. */
public class JavaCppBenchmark extends TimedBenchmark {
    private Tensor a;
    private Tensor b;
    private Tensor weight;
    private Tensor large;
    private Tensor largeWeight;
    private Scalar number;

    @Setup(Level.Trial)
    public void open() {
        torch.set_num_threads(1);
        a = Tensor.create(1.5f);
        b = Tensor.create(2.25f);
        weight = Tensor.create(2.25f);
        weight.set_requires_grad(true);
        large = torch.ones(MEBIBYTE);
        largeWeight = torch.ones(MEBIBYTE);
        largeWeight.set_requires_grad(true);
        number = new Scalar(2.25f);
        Expected.sum(a.add(b).item_float());
        Expected.product(a.mul(b).item_float());
        Expected.sum(a.add(number).item_float());
        Expected.product(a.mul(number).item_float());
    }

    @TearDown(Level.Trial)
    public void close() {
        a.close();
        b.close();
        weight.close();
        large.close();
        largeWeight.close();
        number.close();
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
        a.add(number).close();
    }

    @Benchmark
    public void mulNumber() {
        a.mul(number).close();
    }

    @Benchmark
    public void addOneMebibyte() {
        large.add(large).close();
    }

    @Benchmark
    public void addWithGraph() {
        a.add(weight).close();
    }

    @Benchmark
    public void mulWithGraph() {
        a.mul(weight).close();
    }

    @Benchmark
    public void mulOneMebibyte() {
        large.mul(large).close();
    }

    @Benchmark
    public void mulOneMebibyteWithGraph() {
        large.mul(largeWeight).close();
    }

    @Benchmark
    public void mulAndBackward() {
        try (Tensor product = a.mul(weight)) {
            product.backward();
        }
    }

    @Benchmark
    public void mulAndBackwardOneMebibyte() {
        try (Tensor product = large.mul(largeWeight); Tensor sum = product.sum()) {
            sum.backward();
        }
    }
}
