package org.frugaltorch.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.frugaltorch.bindings.NativeMemory;
import org.frugaltorch.bindings.NativeStatus;
import org.frugaltorch.bindings.generated.Libtorch;
import org.frugaltorch.bindings.generated.LibtorchInternal;

/**
 * A multi-dimensional array of libtorch, with autograd. Instances are handles: views and copies of a handle share one
 * native tensor, which lives until the last is released. A tensor is released by {@link #close} or, as a rule, by its
 * {@link TensorScope}.
 *
 * <p>Operators come by family from the interfaces this class implements; those of neural networks are in
 * {@link Functional}, constructors in {@link Tensors}.
 */
public final class Tensor implements Arithmetic, Comparison, Reduction, Shaping, Indexing, HostAccess, AutoCloseable {
    private static final byte UNKNOWN = 0;
    private static final byte PLAIN = 1;
    private static final byte OTHER = 2;

    private long handle;
    ScopeMembers members;
    int slot;
    private byte kind;

    /** Takes ownership of a native handle and gives the tensor to the thread's innermost scope. */
    Tensor(ThreadContext context, long handle) {
        this.handle = handle;
        if (context.scope == null) {
            Libtorch.aoti_torch_delete_tensor_object(handle);
        }
        context.requireScope().members().add(this);
        context.handles.live++;
    }

    /** Wraps a native handle, which the new tensor owns from now on. */
    public static Tensor ofHandle(long handle) {
        return new Tensor(ThreadContext.current(), handle);
    }

    /**
     * The native handle, borrowed: valid while this tensor is open.
     *
     * @throws IllegalStateException when the tensor was released
     */
    public long handle() {
        long open = handle;
        if (open == 0) {
            throw new IllegalStateException("This tensor was released already: its TensorScope is closed");
        }
        return open;
    }

    /** Whether this tensor was released. */
    public boolean isClosed() {
        return handle == 0;
    }

    /** Another handle of the same native tensor, in the innermost scope. */
    public Tensor alias() {
        ThreadContext context = ThreadContext.current();
        check(Libtorch.aoti_torch_new_tensor_handle(handle(), context.cell));
        return context.result();
    }

    // ---- what it is ---------------------------------------------------------------------------------------------

    /** Number of dimensions. */
    public int rank() {
        MemorySegment cell = cell();
        check(Libtorch.aoti_torch_get_dim(handle(), cell));
        return (int) cell.get(JAVA_LONG, 0);
    }

    /** Number of elements. */
    public long elementCount() {
        MemorySegment cell = cell();
        check(Libtorch.aoti_torch_get_numel(handle(), cell));
        return cell.get(JAVA_LONG, 0);
    }

    /** Length of every dimension. */
    public long[] shape() {
        int rank = rank();
        MemorySegment cell = cell();
        check(Libtorch.aoti_torch_get_sizes(handle(), cell));
        return NativeMemory.readLongs(cell.get(JAVA_LONG, 0), rank);
    }

    /** Length of one dimension; negative numbers count from the end. */
    public long size(int dimension) {
        MemorySegment cell = cell();
        check(Libtorch.aoti_torch_get_size(handle(), dimension, cell));
        return cell.get(JAVA_LONG, 0);
    }

    /** Elements between neighbours along every dimension. */
    public long[] strides() {
        int rank = rank();
        MemorySegment cell = cell();
        check(Libtorch.aoti_torch_get_strides(handle(), cell));
        return NativeMemory.readLongs(cell.get(JAVA_LONG, 0), rank);
    }

    /** Type of the elements. */
    public DType dtype() {
        MemorySegment cell = cell();
        check(Libtorch.aoti_torch_get_dtype(handle(), cell));
        return DType.ofCode(cell.get(JAVA_INT, 0));
    }

    /** Where the elements are. */
    public Device device() {
        MemorySegment cell = cell();
        check(Libtorch.aoti_torch_get_device_type(handle(), cell));
        int type = cell.get(JAVA_INT, 0);
        if (type == Device.CPU_TYPE) {
            return Device.CPU;
        }
        check(Libtorch.aoti_torch_get_device_index(handle(), cell));
        return new Device(type, cell.get(JAVA_INT, 0));
    }

    /** How elements are stored, as libtorch's {@code c10::Layout}. */
    int layout() {
        MemorySegment cell = cell();
        check(Libtorch.aoti_torch_get_layout(handle(), cell));
        return cell.get(JAVA_INT, 0);
    }

    /** What {@link DirectKernels#isPlain} says, asked once: none of it can change. */
    boolean isPlain() {
        byte known = kind;
        if (known == UNKNOWN) {
            known = kind = DirectKernels.isPlain(this) ? PLAIN : OTHER;
        }
        return known == PLAIN;
    }

    /** Whether the elements lie next to one another in row-major order. */
    public boolean isContiguous() {
        MemorySegment cell = cell();
        check(Libtorch.aoti_torch_is_contiguous(handle(), cell));
        return cell.get(JAVA_BYTE, 0) != 0;
    }

    /** Bytes of this tensor's elements (views count their own elements, not the storage behind them). */
    public long byteSize() {
        return elementCount() * dtype().byteSize();
    }

    /** Address of the first element; on the CPU it may be read while this tensor is open. */
    public long dataAddress() {
        MemorySegment cell = cell();
        check(Libtorch.aoti_torch_get_data_ptr(handle(), cell));
        return cell.get(JAVA_LONG, 0);
    }

    // ---- gradients ----------------------------------------------------------------------------------------------

    /** Whether operators on this tensor are recorded for the backward pass. */
    public boolean requiresGrad() {
        return AutogradMeta.requiresGrad(implementation());
    }

    /** Marks a leaf tensor as one whose gradient is wanted, or no longer; returns this. */
    public Tensor setRequiresGrad(boolean required) {
        check(Libtorch.torch_set_requires_grad(handle(), (byte) (required ? 1 : 0)));
        return this;
    }

    /** The gradient that backward passes have added up, as a new handle, or null when there is none. */
    public Tensor grad() {
        long borrowed = LibtorchInternal.TensorImpl_mutableGrad(implementation());
        MemorySegment cell = cell();
        check(Libtorch.aoti_torch_is_defined(borrowed, cell));
        if (cell.get(JAVA_BYTE, 0) == 0) {
            return null;
        }
        ThreadContext context = ThreadContext.current();
        check(Libtorch.aoti_torch_new_tensor_handle(borrowed, context.cell));
        return context.result();
    }

    /** Forgets the gradient and its memory. */
    public void clearGrad() {
        setGradHandle(0);
    }

    /**
     * Replaces the gradient.
     *
     * @throws IllegalArgumentException when it is of another shape or type, or on another device: optimisers rely on it
     */
    public void setGrad(Tensor gradient) {
        if (gradient.dtype() != dtype() || !gradient.device().equals(device())
                || !Arrays.equals(gradient.shape(), shape())) {
            throw new IllegalArgumentException("A gradient of " + gradient.dtype() + " " + Arrays.toString(gradient.shape())
                    + " on " + gradient.device() + " does not fit a tensor of " + dtype() + " " + Arrays.toString(shape())
                    + " on " + device());
        }
        setGradHandle(gradient.handle());
    }

    private void setGradHandle(long source) {
        long borrowed = LibtorchInternal.TensorImpl_mutableGrad(implementation());
        if (source != 0) {
            check(Libtorch.aoti_torch_assign_tensors(source, borrowed));
            return;
        }
        MemorySegment cell = cell();
        check(Libtorch.aoti_torch_new_uninitialized_tensor(cell));
        long undefined = cell.get(JAVA_LONG, 0);
        int status = Libtorch.aoti_torch_assign_tensors(undefined, borrowed);
        Libtorch.aoti_torch_delete_tensor_object(undefined);
        check(status);
    }

    /** Address of the {@code c10::TensorImpl}: the first word that a handle points to. */
    long implementation() {
        return NativeMemory.readLong(handle());
    }

    // ---- end ----------------------------------------------------------------------------------------------------

    /** Releases this handle; the native tensor goes when it was the last. A second call does nothing. */
    @Override
    public void close() {
        long open = handle;
        if (open != 0) {
            members.release(this);
            handle = 0;
            check(Libtorch.aoti_torch_delete_tensor_object(open));
        }
    }

    @Override
    public Tensor self() {
        return this;
    }

    /** Prints like PyTorch. */
    @Override
    public String toString() {
        return isClosed() ? "tensor(released)" : TensorPrinter.print(this);
    }

    private static MemorySegment cell() {
        return ThreadContext.current().cell;
    }

    private static void check(int status) {
        if (status != 0) {
            NativeStatus.check(status, "tensor");
        }
    }
}
