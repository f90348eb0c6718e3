package org.frugaltorch.jmh;

import java.util.concurrent.TimeUnit;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The product of two square matrices: what the machine and its BLAS library can do, and so the floor under every step.
 */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MatmulBenchmark extends TimedBenchmark {
    /** Rows and columns. */
    @Param("1024")
    public int size;

    /** Type of the matrices, and how exactly float32 is multiplied: {@code float32-medium}. */
    @Param({"float32-highest", "float32-medium", "bfloat16-highest"})
    public String kind;

    private TensorScope scope;
    private Tensor left;
    private Tensor right;

    @Setup(Level.Trial)
    public void open() {
        String[] typeAndPrecision = kind.split("-", 2);
        Engine.setMatmulPrecision(ModelBenchmark.precisionNamed(typeAndPrecision[1]));
        Engine.seed(1);
        scope = TensorScope.open();
        left = Tensors.randn(size, size).to(ModelBenchmark.typeNamed(typeAndPrecision[0]));
        right = Tensors.randn(size, size).to(left.dtype());
        Counters.put(Counters.OPERATIONS, 2.0 * size * size * size);
    }

    @TearDown(Level.Trial)
    public void close() {
        scope.close();
    }

    @Benchmark
    public void multiply() {
        left.matmul(right).close();
    }
}
