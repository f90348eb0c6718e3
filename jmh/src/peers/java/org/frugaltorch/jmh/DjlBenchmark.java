package org.frugaltorch.jmh;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** DJL's PyTorch engine (JNI): one operator and the release of its result. */
@Fork(value = 5, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Dai.djl.offline=true",
        "-Dai.djl.pytorch.num_threads=1", "-Dai.djl.pytorch.num_interop_threads=1"})
public class DjlBenchmark extends TimedBenchmark {
    private NDManager manager;
    private NDArray a;
    private NDArray b;
    private NDArray weight;
    private NDArray large;
    private NDArray largeWeight;
    private GradientCollector gradients;

    @Setup(Level.Trial)
    public void open() {
        manager = Engine.getEngine("PyTorch").newBaseManager();
        a = manager.create(new float[] {1.5f});
        b = manager.create(new float[] {2.25f});
        weight = manager.create(new float[] {2.25f});
        weight.setRequiresGradient(true);
        large = manager.ones(new Shape(MEBIBYTE));
        largeWeight = manager.ones(new Shape(MEBIBYTE));
        largeWeight.setRequiresGradient(true);
        gradients = Engine.getEngine("PyTorch").newGradientCollector();
        Expected.sum(a.add(b).toFloatArray());
        Expected.product(a.mul(b).toFloatArray());
        Expected.sum(a.add(2.25f).toFloatArray());
        Expected.product(a.mul(2.25f).toFloatArray());
    }

    @TearDown(Level.Trial)
    public void close() {
        gradients.close();
        manager.close();
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
        a.add(2.25f).close();
    }

    @Benchmark
    public void mulNumber() {
        a.mul(2.25f).close();
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
        try (NDArray product = a.mul(weight)) {
            gradients.backward(product);
        }
    }

    @Benchmark
    public void mulAndBackwardOneMebibyte() {
        try (NDArray product = large.mul(largeWeight); NDArray sum = product.sum()) {
            gradients.backward(sum);
        }
    }
}
