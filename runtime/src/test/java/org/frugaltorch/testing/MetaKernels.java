package org.frugaltorch.testing;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.frugaltorch.bindings.NativeMemory;
import org.frugaltorch.bindings.NativeStatus;
import org.frugaltorch.bindings.generated.Libtorch;
import org.frugaltorch.bindings.generated.torch_library_impl$kernel;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Operators on tensors that have shapes but no numbers, for those that libtorch has no such kernels of: PyTorch has them in
 * Python. As on any device, tensors of the host are refused.
 */
public final class MetaKernels {
    public static final Device META = new Device(14, -1);

    /** The shape and type of an operator's result. */
    private interface Rule {
        Tensor[] results(Arguments arguments);
    }

    /** Arguments as libtorch hands them over; each tensor must be asked for once, as its handle becomes ours. */
    private record Arguments(long first) {
        Tensor tensor(int i) {
            Tensor tensor = Tensor.ofHandle(NativeMemory.readLong(first + (long) i * Long.BYTES));
            if (!tensor.device().equals(META) && tensor.rank() > 0) {
                throw new IllegalStateException("a tensor on " + tensor.device() + " beside tensors on " + META);
            }
            return tensor;
        }

        long number(int i) {
            return NativeMemory.readLong(first + (long) i * Long.BYTES);
        }
    }

    private MetaKernels() {}

    /** Registers all, once a process. */
    public static void register() {
        Registered.assertDone();
    }

    private static final class Registered {
        private static final long LIBRARY = library();

        static {
            register("relu", arguments -> {
                Tensor self = arguments.tensor(0);
                return only(like(self, self.dtype(), self.shape()));
            });
            register("logical_not", arguments -> {
                Tensor self = arguments.tensor(0);
                return only(like(self, DType.BOOL, self.shape()));
            });
            register("logical_and", arguments -> {
                Tensor one = arguments.tensor(0);
                Tensor other = arguments.tensor(1);
                return only(like(one, DType.BOOL, broadcast(one.shape(), other.shape())));
            });
            register("index_select", arguments -> {
                Tensor self = arguments.tensor(0);
                long[] shape = self.shape();
                shape[(int) arguments.number(1)] = arguments.tensor(2).elementCount();
                return only(like(self, self.dtype(), shape));
            });
            register("embedding_dense_backward", arguments -> {
                Tensor gradient = arguments.tensor(0);
                arguments.tensor(1);
                return only(like(gradient, gradient.dtype(), arguments.number(2), gradient.size(-1)));
            });
            register("where.self", arguments -> {
                long[] condition = arguments.tensor(0).shape();
                Tensor one = arguments.tensor(1);
                return only(like(one, one.dtype(),
                        broadcast(condition, broadcast(one.shape(), arguments.tensor(2).shape()))));
            });
            register("where.self_out", arguments -> {
                for (int i = 0; i < 3; i++) {
                    arguments.tensor(i);
                }
                return only(arguments.tensor(3));
            });
            // Lists and optional arguments are left where they are: little, and only in tests.
            register("native_layer_norm", arguments -> {
                Tensor input = arguments.tensor(0);
                long[] rows = input.shape();
                rows[rows.length - 1] = 1;
                return new Tensor[] {like(input, input.dtype(), input.shape()), like(input, input.dtype(), rows),
                    like(input, input.dtype(), rows)};
            });
            register("native_layer_norm_backward", arguments -> {
                Tensor gradient = arguments.tensor(0);
                Tensor input = arguments.tensor(1);
                arguments.tensor(3);
                arguments.tensor(4);
                return new Tensor[] {like(input, input.dtype(), input.shape()),
                    like(gradient, gradient.dtype(), input.size(-1)), like(gradient, gradient.dtype(), input.size(-1))};
            });
        }

        static void assertDone() {
            assertThat(LIBRARY).isNotZero();
        }

        private static long library() {
            Arena forGood = Arena.global();
            MemorySegment library = forGood.allocate(JAVA_LONG);
            NativeStatus.check(Libtorch.aoti_torch_library_init_impl(forGood.allocateFrom("aten"),
                    forGood.allocateFrom("Meta"), forGood.allocateFrom("MetaKernels.java"), 1, library), "kernels of tests");
            return library.get(JAVA_LONG, 0);
        }

        private static void register(String name, Rule rule) {
            Arena forGood = Arena.global();
            NativeStatus.check(Libtorch.torch_library_impl(LIBRARY, forGood.allocateFrom(name),
                    torch_library_impl$kernel.allocate((stack, count, results) -> run(rule, stack.address(), results), forGood),
                    Libtorch.aoti_torch_abi_version()), name);
        }

        /** Nothing may be thrown into libtorch: a tensor of the host in place of the result makes it complain. */
        private static void run(Rule rule, long first, long count) {
            try (TensorScope scope = TensorScope.open()) {
                Tensor[] results;
                try {
                    results = rule.results(new Arguments(first));
                } catch (RuntimeException | Error failure) {
                    failure.printStackTrace();
                    results = new Tensor[] {Tensors.zeros(1), Tensors.zeros(1), Tensors.zeros(1)};
                }
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment cell = arena.allocate(JAVA_LONG);
                    for (int i = 0; i < count; i++) {
                        NativeStatus.check(Libtorch.aoti_torch_new_tensor_handle(results[i].handle(), cell), "result");
                        NativeMemory.writeLong(first + (long) i * Long.BYTES, cell.get(JAVA_LONG, 0));
                    }
                }
            }
        }
    }

    private static Tensor[] only(Tensor result) {
        return new Tensor[] {result};
    }

    private static Tensor like(Tensor same, DType type, long... shape) {
        return Tensors.empty(type, same.device(), shape);
    }

    private static long[] broadcast(long[] one, long[] other) {
        long[] shape = new long[Math.max(one.length, other.length)];
        Arrays.setAll(shape, i -> Math.max(from(one, i - shape.length + one.length), from(other, i - shape.length + other.length)));
        return shape;
    }

    private static long from(long[] shape, int i) {
        return i < 0 ? 1 : shape[i];
    }
}
