package org.frugaltorch.tensor;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.frugaltorch.bindings.LibtorchFeature;
import org.frugaltorch.bindings.NativeStatus;
import org.frugaltorch.bindings.StableValues;
import org.frugaltorch.bindings.generated.Libtorch;

/**
 * One call of an {@link Operator} in the making: arguments in schema order, then one of the result methods. Instances
 * belong to their thread and are used again and again, so a call allocates nothing in Java but its results.
 *
 * <p>The native side takes over every handle it is given. Until then this object owns them, and gives them back when an
 * argument turns out to be bad.
 */
public final class OperatorCall {
    private static final int MOST_SLOTS = 64;
    private static final long ABI_VERSION = Libtorch.aoti_torch_abi_version();

    private enum Held {
        NOTHING,
        TENSOR,
        LIST,
        TENSOR_LIST,
        STRING,
        OPTIONAL_VALUE,
        OPTIONAL_TENSOR,
        OPTIONAL_LIST
    }

    private final ThreadContext context;
    private final MemorySegment slots;
    private final Held[] held = new Held[MOST_SLOTS];
    private Operator operator;
    private int count;

    OperatorCall(ThreadContext context, Arena arena) {
        this.context = context;
        this.slots = arena.allocate(JAVA_LONG, MOST_SLOTS);
    }

    void begin(Operator next) {
        operator = next;
        count = 0;
    }

    /** A tensor. */
    public OperatorCall tensor(Tensor tensor) {
        try {
            return put(share(tensor), Held.TENSOR);
        } catch (Throwable failure) {
            throw abandoned(failure);
        }
    }

    /** An optional tensor; null is none. */
    public OperatorCall optionalTensor(Tensor tensor) {
        if (tensor == null) {
            return none();
        }
        try {
            return put(optional(share(tensor)), Held.OPTIONAL_TENSOR);
        } catch (Throwable failure) {
            throw abandoned(failure);
        }
    }

    /** A list of tensors. */
    public OperatorCall tensors(List<Tensor> tensors) {
        long list = 0;
        try {
            list = newList(tensors.size());
            for (int i = 0; i < tensors.size(); i++) {
                push(list, share(tensors.get(i)));
            }
            return put(list, Held.TENSOR_LIST);
        } catch (Throwable failure) {
            if (list != 0) {
                releaseTensors(list);
            }
            throw abandoned(failure);
        }
    }

    /** A list of integers, such as sizes or dimensions. */
    public OperatorCall integers(long... values) {
        try {
            return put(listOf(values), Held.LIST);
        } catch (Throwable failure) {
            throw abandoned(failure);
        }
    }

    /** An optional list of integers; null is none. */
    public OperatorCall optionalIntegers(long... values) {
        if (values == null) {
            return none();
        }
        try {
            return put(optional(listOf(values)), Held.OPTIONAL_LIST);
        } catch (Throwable failure) {
            throw abandoned(failure);
        }
    }

    /** An integer, also one of libtorch's enumerations. */
    public OperatorCall integer(long value) {
        return put(value, Held.NOTHING);
    }

    /** An optional integer that is given. */
    public OperatorCall optionalInteger(long value) {
        return optionalValue(value);
    }

    /** A number whose schema type is {@code float}. */
    public OperatorCall number(double value) {
        return put(Double.doubleToRawLongBits(value), Held.NOTHING);
    }

    /** An optional {@code float}; null is none. */
    public OperatorCall optionalNumber(Double value) {
        return value == null ? none() : optionalValue(Double.doubleToRawLongBits(value));
    }

    /** A truth value. */
    public OperatorCall flag(boolean value) {
        return put(value ? 1 : 0, Held.NOTHING);
    }

    /** An optional truth value that is given. */
    public OperatorCall optionalFlag(boolean value) {
        return optionalValue(value ? 1 : 0);
    }

    /** An element type. */
    public OperatorCall dtype(DType type) {
        return put(type.code(), Held.NOTHING);
    }

    /** An optional element type; null is none. */
    public OperatorCall optionalDtype(DType type) {
        return type == null ? none() : optionalValue(type.code());
    }

    /** A device. */
    public OperatorCall device(Device device) {
        return put(slotOf(device), Held.NOTHING);
    }

    /** An optional device; null is none. */
    public OperatorCall optionalDevice(Device device) {
        return device == null ? none() : optionalValue(slotOf(device));
    }

    /** A string. */
    public OperatorCall string(NativeText text) {
        try {
            check(Libtorch.torch_new_string_handle(text.bytes, text.length, context.cell));
            return put(cell(), Held.STRING);
        } catch (Throwable failure) {
            throw abandoned(failure);
        }
    }

    /** Any optional argument that is not given. */
    public OperatorCall none() {
        return put(0, Held.NOTHING);
    }

    /** Runs the call; its result is one tensor. */
    public Tensor tensorResult() {
        requireScope();
        run();
        return new Tensor(context, slots.getAtIndex(JAVA_LONG, 0));
    }

    /** Runs the call; its first {@code resultCount} results are tensors. */
    public Tensor[] tensorResults(int resultCount) {
        requireScope();
        run();
        Tensor[] results = new Tensor[resultCount];
        for (int i = 0; i < resultCount; i++) {
            results[i] = new Tensor(context, slots.getAtIndex(JAVA_LONG, i));
        }
        return results;
    }

    /** Runs the call; its result is a list of tensors. */
    public Tensor[] tensorListResult() {
        requireScope();
        run();
        long list = slots.getAtIndex(JAVA_LONG, 0);
        try {
            check(Libtorch.torch_list_size(list, context.cell));
            Tensor[] results = new Tensor[Math.toIntExact(cell())];
            for (int i = 0; i < results.length; i++) {
                check(Libtorch.torch_list_get_item(list, i, context.cell));
                results[i] = new Tensor(context, cell());
            }
            return results;
        } finally {
            Libtorch.torch_delete_list(list);
        }
    }

    /** Runs the call; its result is an integer or a truth value. */
    public long integerResult() {
        run();
        return slots.getAtIndex(JAVA_LONG, 0);
    }

    /** Runs the call; it has no result, or one that repeats an argument changed in place. */
    public void noResult() {
        run();
    }

    /** Runs the call; its result repeats an argument that was changed in place, and is released. */
    public void inPlaceResult() {
        run();
        Libtorch.aoti_torch_delete_tensor_object(slots.getAtIndex(JAVA_LONG, 0));
    }

    /** Nothing is run whose results would have no owner. */
    private void requireScope() {
        try {
            context.requireScope();
        } catch (IllegalStateException failure) {
            throw abandoned(failure);
        }
    }

    private void run() {
        // From here on the native side owns what the slots hold, also when it fails. The frame stays in use meanwhile:
        // a kernel written in Java makes calls of its own.
        int status = Libtorch.torch_call_dispatcher(
                operator.nativeName, operator.nativeOverload, slots, ABI_VERSION);
        context.close();
        if (status != 0) {
            NativeStatus.check(status, operator.toString());
        }
    }

    private OperatorCall optionalValue(long value) {
        try {
            return put(optional(value), Held.OPTIONAL_VALUE);
        } catch (Throwable failure) {
            throw abandoned(failure);
        }
    }

    private static long slotOf(Device device) {
        return (long) device.type() << 32 | device.index() & 0xffffffffL;
    }

    private OperatorCall put(long slot, Held kind) {
        slots.setAtIndex(JAVA_LONG, count, slot);
        held[count] = kind;
        count++;
        return this;
    }

    private long share(Tensor tensor) {
        check(Libtorch.aoti_torch_new_tensor_handle(tensor.handle(), context.cell));
        return cell();
    }

    private long optional(long slot) {
        return StableValues.allocate(slot);
    }

    private long listOf(long... values) {
        long list = newList(values.length);
        for (long value : values) {
            push(list, value);
        }
        return list;
    }

    private long newList(int size) {
        check(Libtorch.torch_new_list_reserve_size(size, context.cell));
        return cell();
    }

    private void push(long list, long slot) {
        check(Libtorch.torch_list_push_back(list, slot));
    }

    private long cell() {
        return context.cell.get(JAVA_LONG, 0);
    }

    private void check(int status) {
        if (status != 0) {
            NativeStatus.check(status, operator.toString());
        }
    }

    /** Releases the arguments given so far, closes the frame and hands the failure back to be thrown. */
    private RuntimeException abandoned(Throwable failure) {
        for (int i = 0; i < count; i++) {
            release(held[i], slots.getAtIndex(JAVA_LONG, i));
        }
        context.close();
        if (failure instanceof Error error) {
            throw error;
        }
        return (RuntimeException) failure;
    }

    private static void release(Held kind, long slot) {
        switch (kind) {
            case NOTHING -> {}
            case TENSOR -> Libtorch.aoti_torch_delete_tensor_object(slot);
            case LIST -> Libtorch.torch_delete_list(slot);
            case TENSOR_LIST -> releaseTensors(slot);
            case STRING -> Libtorch.torch_delete_string(slot);
            case OPTIONAL_VALUE -> StableValues.free(slot);
            case OPTIONAL_TENSOR -> {
                Libtorch.aoti_torch_delete_tensor_object(StableValues.read(slot));
                StableValues.free(slot);
            }
            case OPTIONAL_LIST -> {
                Libtorch.torch_delete_list(StableValues.read(slot));
                StableValues.free(slot);
            }
        }
    }

    /** A list does not own the tensors in it. */
    private static void releaseTensors(long list) {
        MemorySegment cell = ThreadContext.current().cell;
        Libtorch.torch_list_size(list, cell);
        long size = cell.get(JAVA_LONG, 0);
        for (long i = 0; i < size; i++) {
            Libtorch.torch_list_get_item(list, i, cell);
            Libtorch.aoti_torch_delete_tensor_object(cell.get(JAVA_LONG, 0));
        }
        Libtorch.torch_delete_list(list);
    }
}
