package org.frugaltorch.jmh;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** DJL's PyTorch engine (JNI): one operator and the release of its result. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 5, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Dai.djl.offline=true",
        "-Dai.djl.pytorch.num_threads=1", "-Dai.djl.pytorch.num_interop_threads=1"})
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 6, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class DjlBenchmark {
    private static final long MEBIBYTE = (1 << 20) / Float.BYTES;

    private NDManager manager;
    private NDArray a;
    private NDArray b;
    private NDArray large;

    @Setup(Level.Trial)
    public void open() {
        manager = Engine.getEngine("PyTorch").newBaseManager();
        a = manager.create(new float[] {1.5f});
        b = manager.create(new float[] {2.25f});
        large = manager.ones(new ai.djl.ndarray.types.Shape(MEBIBYTE));
        Expected.sum(a.add(b).toFloatArray());
        Expected.product(a.mul(b).toFloatArray());
    }

    @TearDown(Level.Trial)
    public void close() {
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
}
