package org.frugaltorch.autograd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.frugaltorch.bindings.NativeMemory;
import org.frugaltorch.bindings.generated.GradientHook_call;
import org.frugaltorch.bindings.generated.GradientHook_destroy;
import org.frugaltorch.bindings.generated.LibtorchInternal;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * What libtorch calls each time a backward pass has added to a leaf's gradient. The C++ object that it calls is one for
 * all leaves and for good: a word that points to a table of functions in Java, of which only the call does anything. A
 * self-test with a leaf of one number tells whether this libtorch's table is laid out that way.
 */
final class GradientHook {
    /** Of a C++ object's table: two destructors, the call, two functions for compiled graphs. */
    private static final int CALL = 2;
    private static final int FUNCTIONS = 5;

    private static final Map<Long, Runnable> BY_LEAF = new ConcurrentHashMap<>();
    private static final MemorySegment OBJECT = object();

    /** Runs the self-test once, when the first hook is wanted. */
    private static final class Support {
        static final boolean WORKS = selfTest();

        private static boolean selfTest() {
            boolean[] called = new boolean[1];
            try (TensorScope scope = TensorScope.open();
                    GradMode on = GradMode.enabled()) {
                Tensor leaf = Tensors.ones(1).setRequiresGrad(true);
                put(leaf, () -> called[0] = true);
                Backward.run(leaf.mul(leaf));
                remove(leaf);
            }
            return called[0];
        }
    }

    private GradientHook() {}

    /**
     * Has {@code action} run whenever the gradient of {@code leaf} has changed; it must not throw.
     *
     * @throws UnsupportedOperationException when this libtorch does not call back the way we know
     */
    static void set(Tensor leaf, Runnable action) {
        if (!Support.WORKS) {
            throw new UnsupportedOperationException("This libtorch does not tell when a gradient is there in the known way"
                    + " (libtorch 2.13 is known to work)");
        }
        put(leaf, action);
    }

    private static void put(Tensor leaf, Runnable action) {
        BY_LEAF.put(implementation(leaf.handle()), action);
        give(leaf, OBJECT);
    }

    static void remove(Tensor leaf) {
        give(leaf, MemorySegment.NULL);
        BY_LEAF.remove(implementation(leaf.handle()));
    }

    /** Hands over an owning pointer, which is passed by address. */
    private static void give(Tensor leaf, MemorySegment object) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment owner = arena.allocate(ADDRESS);
            owner.set(ADDRESS, 0, object);
            LibtorchInternal.Tensor_setGradientHook(leaf.handle(), owner);
        }
    }

    private static long implementation(long handle) {
        return NativeMemory.readLong(handle);
    }

    private static MemorySegment object() {
        Arena forGood = Arena.global();
        MemorySegment nothing = GradientHook_destroy.allocate(self -> {}, forGood);
        // Two words stand before the functions: the offset to the top of the object and its type information.
        MemorySegment table = forGood.allocate(ADDRESS, 2 + FUNCTIONS);
        for (int i = 0; i < FUNCTIONS; i++) {
            table.setAtIndex(ADDRESS, 2 + i, nothing);
        }
        table.setAtIndex(ADDRESS, 2 + CALL, GradientHook_call.allocate((self, tensor) -> called(tensor), forGood));
        MemorySegment object = forGood.allocate(JAVA_LONG);
        object.set(JAVA_LONG, 0, table.address() + 2 * ADDRESS.byteSize());
        return object;
    }

    private static void called(long handle) {
        Runnable action = BY_LEAF.get(implementation(handle));
        if (action != null) {
            try {
                action.run();
            } catch (Throwable failure) { // must not pass through libtorch
                BackwardRun.fail(failure);
            }
        }
    }
}
