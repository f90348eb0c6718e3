package org.frugaltorch.bindings;

/**
 * libtorch keeps what it is set to, such as whether gradients are recorded or which listener hears of allocations, with
 * the operating system's thread. A virtual thread can go on under another one after any wait, and would leave its settings
 * to whoever comes next.
 */
public final class PlatformThread {
    private PlatformThread() {}

    /**
     * Makes sure that this is no virtual thread.
     *
     * @throws IllegalStateException when it is
     */
    public static void require() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("Tensors are for platform threads, and this is a virtual one:"
                    + " have one platform thread compute, and virtual ones wait for it");
        }
    }
}
