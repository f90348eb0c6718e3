package org.frugaltorch.autograd;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.frugaltorch.bindings.LibtorchFeature;
import org.frugaltorch.bindings.NativeException;
import org.frugaltorch.bindings.NativeLibrary;
import org.frugaltorch.bindings.NativeMemory;
import org.frugaltorch.bindings.NativeStatus;
import org.frugaltorch.bindings.generated.Libtorch;
import org.frugaltorch.bindings.generated.torch_from_blob$deleter;
import org.frugaltorch.bindings.generated.torch_library_impl$kernel;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Operator;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Nodes of libtorch's autograd graph whose derivative is computed in Java. The C ABI cannot make nodes, but the operator
 * {@code aten::_fused_dropout(self, p)} makes one that saves only the operator's second result and whose derivative
 * calls {@code aten::_masked_scale(gradient, saved, 1 / p)}. Neither has a kernel on the CPU, so ours are registered
 * there, once a process: forward hands back a value that was computed before and a <em>ticket</em>, a tensor that names
 * a {@link FunctionCall}; backward gets the ticket and asks that call for the gradient. {@code p} tells which of the
 * call's nodes it is.
 *
 * <p>CUDA has genuine kernels under the two names, which these replace when libtorch's CUDA libraries are loaded; libtorch
 * says so once on the standard error stream. Nothing else calls them: dropout is {@code aten::native_dropout}.
 */
final class CarrierKernels {
    /** libtorch's complaints about {@link #STOP}: about its shape or device, or when it was to become a single number. */
    private static final List<String> COMPLAINTS = List.of("invalid gradient", "meta tensor");

    private static final System.Logger LOG = System.getLogger(CarrierKernels.class.getName());
    private static final Operator CARRIER = Operator.of("aten::_fused_dropout");
    private static final int META_TYPE = 14;
    private static final int STRIDED = 0;

    private static final Map<Long, FunctionCall> CALLS = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT_CALL = new AtomicLong(1);
    private static final ThreadLocal<long[]> FORWARD_RESULTS = ThreadLocal.withInitial(() -> new long[2]);

    private static final MemorySegment TICKET_DATA = Arena.global().allocate(JAVA_LONG);
    private static final MemorySegment TICKET_SIZES = Arena.global().allocateFrom(JAVA_LONG, 1);
    private static final MemorySegment DELETER =
            torch_from_blob$deleter.allocate((data, context) -> release(context.address()), Arena.global());
    /** Handle of a gradient that libtorch must refuse, because it is on another device than any real one. */
    private static final long STOP = stop();

    static {
        register("CPU");
        register("Meta"); // tensors that have shapes but no numbers: a model can be tried on them without its memory
        if (NativeLibrary.info().cudaLoaded()) {
            register("CUDA");
        }
    }

    private CarrierKernels() {}

    private static void register(String dispatchKey) {
        Arena forGood = Arena.global();
        MemorySegment library = forGood.allocate(JAVA_LONG);
        NativeStatus.check(
                Libtorch.aoti_torch_library_init_impl(forGood.allocateFrom("aten"), forGood.allocateFrom(dispatchKey),
                        forGood.allocateFrom("CarrierKernels.java"), 1, library),
                "kernels in Java");
        register(library.get(JAVA_LONG, 0), "_fused_dropout", CarrierKernels::forward);
        register(library.get(JAVA_LONG, 0), "_masked_scale", CarrierKernels::backward);
    }

    private static void register(long library, String name, torch_library_impl$kernel.Function kernel) {
        Arena forGood = Arena.global();
        NativeStatus.check(
                Libtorch.torch_library_impl(library, forGood.allocateFrom(name),
                        torch_library_impl$kernel.allocate(kernel, forGood), Libtorch.aoti_torch_abi_version()),
                "kernel in Java of aten::" + name);
    }

    private static long stop() {
        try (TensorScope scope = TensorScope.open()) {
            return newHandle(Tensors.empty(DType.FLOAT32, new Device(META_TYPE, -1), 1));
        }
    }

    // ---- the graph's side ---------------------------------------------------------------------------------------

    /**
     * A tensor that keeps {@code call} reachable: the call is closed when the ticket's last handle is gone, the graph's
     * included. Its stride is the call's number. libtorch before 2.11 does not tell when that happens: there a call is
     * closed at the end of its backward pass, and one that never has a backward pass stays until the process ends.
     */
    static Tensor ticket(FunctionCall call) {
        long number = NEXT_CALL.getAndIncrement();
        CALLS.put(number, call);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment strides = arena.allocateFrom(JAVA_LONG, number);
            MemorySegment cell = arena.allocate(JAVA_LONG);
            int status = LibtorchFeature.FROM_BLOB_DELETER.isAvailable()
                    ? Libtorch.torch_from_blob(TICKET_DATA, 1, TICKET_SIZES, strides, 0, DType.INT64.code(),
                            Device.CPU_TYPE, -1, cell, STRIDED, MemorySegment.NULL, 0, DELETER,
                            MemorySegment.ofAddress(number))
                    : Libtorch.aoti_torch_create_tensor_from_blob(TICKET_DATA, 1, TICKET_SIZES, strides, 0,
                            DType.INT64.code(), Device.CPU_TYPE, -1, cell);
            NativeStatus.check(status, "ticket of a function in Java");
            return Tensor.ofHandle(cell.get(JAVA_LONG, 0));
        } catch (RuntimeException | Error failure) {
            CALLS.remove(number);
            throw failure;
        }
    }

    /**
     * Adds a node to the graph.
     *
     * @param input the tensor whose gradient the node computes
     * @param value what the node's output holds; no graph knows it yet
     * @param ticket of the call
     * @param role a positive number that the call is given back
     * @return {@code value} as the output of the node
     */
    static Tensor node(Tensor input, Tensor value, Tensor ticket, int role) {
        long[] results = FORWARD_RESULTS.get();
        results[0] = newHandle(value);
        results[1] = newHandle(ticket);
        try {
            Tensor[] made = CARRIER.call().tensor(input).number(role).none().tensorResults(2);
            made[1].close();
            return made[0];
        } finally {
            drop(results);
        }
    }

    /** Releases what the kernel did not take because libtorch never called it. */
    private static void drop(long[] results) {
        for (int i = 0; i < results.length; i++) {
            if (results[i] != 0) {
                Libtorch.aoti_torch_delete_tensor_object(results[i]);
                results[i] = 0;
            }
        }
    }

    /** Whether a backward pass ended because a kernel of ours stopped it, as far as libtorch's message tells. */
    static boolean mayHaveStopped(NativeException failure) {
        return !LibtorchFeature.ERROR_TEXT.isAvailable()
                || COMPLAINTS.stream().anyMatch(failure.getMessage()::contains);
    }

    /** Calls whose graph is alive. */
    static int liveCalls() {
        return CALLS.size();
    }

    // ---- libtorch's side: nothing may be thrown out of these ------------------------------------------------------

    /** Arguments: self, p, generator. Results: the value and the ticket that the thread has ready. */
    private static void forward(MemorySegment stack, long argumentCount, long resultCount) {
        long first = stack.address();
        Libtorch.aoti_torch_delete_tensor_object(NativeMemory.readLong(first));
        long[] results = FORWARD_RESULTS.get();
        for (int i = 0; i < results.length; i++) {
            // Whoever calls the operator by itself has nothing ready and gets the undefined tensor.
            NativeMemory.writeLong(first + (long) i * Long.BYTES, results[i] != 0 ? results[i] : undefined());
            results[i] = 0;
        }
    }

    /** Arguments: gradient, ticket, 1 / role. Result: the gradient of the node's input. */
    private static void backward(MemorySegment stack, long argumentCount, long resultCount) {
        long first = stack.address();
        long gradient = NativeMemory.readLong(first);
        long ticket = NativeMemory.readLong(first + Long.BYTES);
        double scale = Double.longBitsToDouble(NativeMemory.readLong(first + 2 * Long.BYTES));
        long result;
        try (DispatchGuard asOutside = new DispatchGuard();
                TensorScope scope = TensorScope.open()) {
            Tensor incoming = Tensor.ofHandle(gradient);
            FunctionCall call = CALLS.get(numberOf(ticket));
            Tensor outgoing = call.gradient((int) Math.round(1 / scale), incoming);
            result = outgoing == null ? undefined() : newHandle(outgoing);
        } catch (Throwable failure) {
            BackwardRun.fail(failure);
            result = copyOf(STOP);
        }
        NativeMemory.writeLong(first, result);
        releaseTicket(ticket);
    }

    private static void releaseTicket(long ticket) {
        try {
            if (!LibtorchFeature.FROM_BLOB_DELETER.isAvailable()) {
                long number = numberOf(ticket);
                FunctionCall call = CALLS.get(number);
                if (call != null && call.isFinished()) {
                    release(number);
                }
            }
            Libtorch.aoti_torch_delete_tensor_object(ticket);
        } catch (Throwable failure) {
            BackwardRun.fail(failure);
        }
    }

    private static void release(long number) {
        try {
            CALLS.remove(number).close();
        } catch (Throwable failure) {
            LOG.log(System.Logger.Level.WARNING, "The context of a function in Java could not be released", failure);
        }
    }

    // ---- handles ----------------------------------------------------------------------------------------------------

    private static long numberOf(long ticket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(JAVA_LONG);
            NativeStatus.check(Libtorch.aoti_torch_get_strides(ticket, cell), "ticket");
            return NativeMemory.readLong(cell.get(JAVA_LONG, 0));
        }
    }

    private static long newHandle(Tensor tensor) {
        return copyOf(tensor.handle());
    }

    private static long copyOf(long handle) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(JAVA_LONG);
            NativeStatus.check(Libtorch.aoti_torch_new_tensor_handle(handle, cell), "tensor handle");
            return cell.get(JAVA_LONG, 0);
        }
    }

    private static long undefined() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(JAVA_LONG);
            NativeStatus.check(Libtorch.aoti_torch_new_uninitialized_tensor(cell), "undefined tensor");
            return cell.get(JAVA_LONG, 0);
        }
    }
}
