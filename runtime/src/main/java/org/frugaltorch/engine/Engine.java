package org.frugaltorch.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.frugaltorch.bindings.BlasThreads;
import org.frugaltorch.bindings.NativeLibrary;
import org.frugaltorch.bindings.NativeMemory;
import org.frugaltorch.bindings.NativeStatus;
import org.frugaltorch.bindings.generated.Libtorch;
import org.frugaltorch.bindings.generated.LibtorchInternal;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/** Settings of libtorch that hold for the whole process. */
public final class Engine {
    /** How exactly float32 matrix products are computed; libtorch's names. */
    public enum MatmulPrecision {
        /** In float32 throughout. */
        HIGHEST,
        /** May use TensorFloat32 or pairs of bfloat16. */
        HIGH,
        /** May use bfloat16 inside, with float32 sums: several times faster where the processor has it. */
        MEDIUM
    }

    private static final int TWISTER_WORDS = 624;
    // Offsets in a generator's state, behind its seed.
    private static final long LEFT = 8;
    private static final long SEEDED = 12;
    private static final long NEXT = 16;

    private Engine() {}

    /** Seeds the generators that dropout and random tensors draw from: the CPU's, and those of all CUDA devices. */
    public static void seed(long seed) {
        LibtorchInternal.CpuGenerator_setSeed(NativeMemory.readLong(LibtorchInternal.Generator_defaultCpu()), seed);
        if (NativeLibrary.info().cudaLoaded()) {
            LibtorchInternal.Cuda_seedAll(seed);
        }
    }

    /** The seed set last. */
    public static long currentSeed() {
        return LibtorchInternal.CpuGenerator_seed(NativeMemory.readLong(LibtorchInternal.Generator_defaultCpu()));
    }

    /** How many CUDA devices there are; 0 where libtorch has no CUDA, or the machine no driver for it. */
    public static int cudaDevices() {
        return NativeLibrary.info().cudaLoaded() ? LibtorchInternal.Cuda_deviceCount() & 0xff : 0;
    }

    /**
     * The state of the generators that dropout and random tensors draw from: about 5 kB on the CPU, and 16 bytes more for
     * every CUDA device, in the innermost scope. Given to {@link #setRandomState}, the same numbers come again.
     */
    public static Tensor randomState() {
        long[] generators = generators();
        if (generators.length == 1) {
            return stateOf(generators[0]);
        }
        try (TensorScope scope = TensorScope.open()) {
            return scope.promote(Tensors.cat(0, Arrays.stream(generators).mapToObj(Engine::stateOf).toArray(Tensor[]::new)));
        }
    }

    private static Tensor stateOf(long generator) {
        try (Arena arena = Arena.ofConfined()) {
            // What is written is all that a tensor handle points to: share it, then let go of the original.
            MemorySegment owned = arena.allocate(JAVA_LONG);
            LibtorchInternal.Generator_state(owned, generator);
            MemorySegment cell = arena.allocate(JAVA_LONG);
            NativeStatus.check(Libtorch.aoti_torch_new_tensor_handle(owned.address(), cell), "random state");
            Tensor state = Tensor.ofHandle(cell.get(JAVA_LONG, 0));
            NativeStatus.check(Libtorch.aoti_torch_new_uninitialized_tensor(cell), "random state");
            long undefined = cell.get(JAVA_LONG, 0);
            NativeStatus.check(Libtorch.aoti_torch_assign_tensors(undefined, owned.address()), "random state");
            Libtorch.aoti_torch_delete_tensor_object(undefined);
            return state;
        }
    }

    /**
     * Goes back to a state of the generators.
     *
     * @param state from {@link #randomState}
     */
    public static void setRandomState(Tensor state) {
        long[] generators = generators();
        try (TensorScope scope = TensorScope.open()) {
            // libtorch throws for any other kind of tensor, and exceptions of C++ must not get here.
            Tensor[] known = Arrays.stream(generators).mapToObj(Engine::stateOf).toArray(Tensor[]::new);
            long length = Arrays.stream(known).mapToLong(Tensor::elementCount).sum();
            if (state.dtype() != known[0].dtype() || !Arrays.equals(state.shape(), new long[] {length})
                    || !state.isContiguous() || !state.device().isCpu() || !isGenerator(state.segment())) {
                throw new IllegalArgumentException("This is no state of the random generator: give what"
                        + " Engine.randomState returned");
            }
            long start = 0;
            for (int i = 0; i < known.length; i++) {
                long count = known[i].elementCount();
                Tensor part = known.length == 1 ? state : state.narrow(0, start, count).copy();
                LibtorchInternal.Generator_setState(generators[i], part.handle());
                start += count;
            }
        }
    }

    /** What libtorch demands of the Mersenne Twister that a state begins with; it would throw otherwise. */
    private static boolean isGenerator(MemorySegment state) {
        int left = state.get(JAVA_INT, LEFT);
        long next = state.get(JAVA_LONG, NEXT);
        return left > 0 && left <= TWISTER_WORDS && state.get(JAVA_INT, SEEDED) != 0 && next >= 0 && next <= TWISTER_WORDS;
    }

    /** Addresses of the generators: the CPU's, then those of CUDA devices. */
    private static long[] generators() {
        return LongStream.concat(LongStream.of(LibtorchInternal.Generator_defaultCpu()),
                IntStream.range(0, cudaDevices()).mapToLong(i -> LibtorchInternal.Generator_defaultCuda((byte) i))).toArray();
    }

    /** Lets operators, and the BLAS library that they multiply matrices with, use {@code count} threads on the CPU. */
    public static void setThreads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("The number of threads must be at least 1, got " + count);
        }
        LibtorchInternal.Parallel_setThreadCount(count);
        BlasThreads.set(count);
    }

    /** Number of threads that operators may use on the CPU. */
    public static int threads() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            NativeStatus.check(Libtorch.torch_get_num_threads(count), "number of threads");
            return count.get(JAVA_INT, 0);
        }
    }

    /** Sets how exactly float32 matrix products are computed from now on. */
    public static void setMatmulPrecision(MatmulPrecision precision) {
        // libtorch throws for names it does not know, so only the enumeration's names get here.
        String name = precision.name().toLowerCase(java.util.Locale.ROOT);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(JAVA_LONG);
            NativeStatus.check(
                    Libtorch.torch_new_string_handle(arena.allocateFrom(name), name.length(), cell), "matmul precision");
            long string = cell.get(JAVA_LONG, 0);
            try {
                LibtorchInternal.Context_setFloat32MatmulPrecision(LibtorchInternal.Context_global(), string);
            } finally {
                Libtorch.torch_delete_string(string);
            }
        }
    }
}
