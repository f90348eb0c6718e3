package org.frugaltorch.jmh;

import java.util.concurrent.TimeUnit;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
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

/** JavaCPP's binding of libtorch's C++ API (JNI): one operator and the release of its result. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 5, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 6, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class JavaCppBenchmark {
    private static final long MEBIBYTE = (1 << 20) / Float.BYTES;

    private Tensor a;
    private Tensor b;
    private Tensor large;
    private Scalar number;

    @Setup(Level.Trial)
    public void open() {
        torch.set_num_threads(1);
        a = Tensor.create(1.5f);
        b = Tensor.create(2.25f);
        large = torch.ones(MEBIBYTE);
        number = new Scalar(2.25f);
        Expected.sum(a.add(b).item_float());
        Expected.product(a.mul(b).item_float());
    }

    @TearDown(Level.Trial)
    public void close() {
        a.close();
        b.close();
        large.close();
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
}
