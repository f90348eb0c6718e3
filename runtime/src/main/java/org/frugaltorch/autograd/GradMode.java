package org.frugaltorch.autograd;

import org.frugaltorch.bindings.PlatformThread;
import org.frugaltorch.bindings.generated.Libtorch;

/**
 * Whether operators of this thread record a graph for the backward pass. A scope switches it and restores what was
 * before:
 *
 * <pre>{@code
 * try (GradMode off = GradMode.disabled()) {
 *     Tensor constant = layer.forward(input);
 * }
 * }</pre>
 */
public final class GradMode implements AutoCloseable {
    private final boolean before;

    private GradMode(boolean enabled) {
        PlatformThread.require();
        before = isEnabled();
        set(enabled);
    }

    /**
     * Nothing is recorded inside the scope.
     *
     * @throws IllegalStateException on a virtual thread
     */
    public static GradMode disabled() {
        return new GradMode(false);
    }

    /**
     * Operators are recorded inside the scope.
     *
     * @throws IllegalStateException on a virtual thread
     */
    public static GradMode enabled() {
        return new GradMode(true);
    }

    /** Whether this thread records now. */
    public static boolean isEnabled() {
        return Libtorch.aoti_torch_grad_mode_is_enabled() != 0;
    }

    private static void set(boolean enabled) {
        Libtorch.aoti_torch_grad_mode_set_enabled((byte) (enabled ? 1 : 0));
    }

    @Override
    public void close() {
        set(before);
    }
}
