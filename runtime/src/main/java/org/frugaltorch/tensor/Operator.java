package org.frugaltorch.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An ATen operator, by the name and overload of its schema. Keep instances in static fields: the name goes to native
 * memory once, and a call then needs neither strings nor look-ups in Java.
 *
 * <p>Arguments are given in schema order, defaults included:
 *
 * <pre>{@code
 * private static final Operator SOFTMAX = Operator.of("aten::_softmax");
 * Tensor probabilities = SOFTMAX.call().tensor(scores).integer(-1).flag(false).tensorResult();
 * }</pre>
 *
 * <p>Operators with a {@code Scalar} in their schema cannot be called this way; libtorch refuses them.
 */
public final class Operator {
    private final String name;
    final MemorySegment nativeName;
    final MemorySegment nativeOverload;

    private Operator(String name, String overload) {
        this.name = overload.isEmpty() ? name : name + "." + overload;
        this.nativeName = Arena.global().allocateFrom(name);
        this.nativeOverload = Arena.global().allocateFrom(overload);
    }

    /** The operator {@code name} without overload, such as {@code aten::linear}. */
    public static Operator of(String name) {
        return new Operator(name, "");
    }

    /** An overload, such as {@code aten::mul} and {@code Tensor}. */
    public static Operator of(String name, String overload) {
        return new Operator(name, overload);
    }

    /** Begins a call on this thread; it must be ended by one of the result methods. */
    public OperatorCall call() {
        return ThreadContext.current().open(this);
    }

    @Override
    public String toString() {
        return name;
    }
}
