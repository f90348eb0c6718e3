package org.frugaltorch.jmh;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.frugaltorch.bindings.generated.Libtorch;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What libtorch's C functions cost by themselves: the floor under every operator. */
public class CallBenchmark extends TimedBenchmark {
    private final MemorySegment cell = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
    private TensorScope scope;
    private Tensor a;
    private Tensor b;

    @Setup(Level.Trial)
    public void open() {
        scope = TensorScope.open();
        a = Tensors.of(new float[] {1.5f});
        b = Tensors.of(new float[] {2.25f});
    }

    @TearDown(Level.Trial)
    public void close() {
        scope.close();
    }

    /** A function that only reads a thread-local flag. */
    @Benchmark
    public byte bare() {
        return Libtorch.aoti_torch_grad_mode_is_enabled();
    }

    /** The kernel of an addition and the release of its result, without anything of ours. */
    @Benchmark
    public int addKernel() {
        Libtorch.aoti_torch_cpu_add_Tensor(a.handle(), b.handle(), 1, cell);
        return Libtorch.aoti_torch_delete_tensor_object(cell.get(ValueLayout.JAVA_LONG, 0));
    }
}
