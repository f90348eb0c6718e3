package org.frugaltorch.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.frugaltorch.bindings.NativeMemory;
import org.frugaltorch.bindings.generated.LibtorchInternal;

/**
 * The state in which Java code runs inside a kernel: as outside of it, with nothing recorded. libtorch calls kernels with
 * the autograd part of its dispatcher switched off for the thread, so that a graph could not be recorded even in
 * {@link GradMode#enabled}; a guard switches it on again and restores everything when it closes.
 */
final class DispatchGuard implements AutoCloseable {
    private static final Set<String> AUTOGRAD_KEYS = Set.of("AutogradFunctionality", "AutogradOther", "ADInplaceOrView");
    private static final short[] KEYS = find();

    private final boolean[] excluded = new boolean[KEYS.length];
    private final GradMode gradMode = GradMode.disabled();

    DispatchGuard() {
        for (int i = 0; i < KEYS.length; i++) {
            excluded[i] = LibtorchInternal.DispatchKey_isExcluded(KEYS[i]) != 0;
            LibtorchInternal.DispatchKey_setExcluded(KEYS[i], (byte) 0);
        }
    }

    /** The keys' numbers differ between releases of libtorch; their names do not. */
    private static short[] find() {
        int mostKeys = 256;
        int longestName = 256;
        List<Short> found = new ArrayList<>();
        for (short key = 0; key < mostKeys; key++) {
            String name = NativeMemory.view(LibtorchInternal.DispatchKey_name(key).address(), longestName).getString(0);
            if (AUTOGRAD_KEYS.contains(name)) {
                found.add(key);
            }
        }
        if (found.size() != AUTOGRAD_KEYS.size()) {
            throw new UnsupportedOperationException("This libtorch has no dispatch keys named "
                    + String.join(", ", AUTOGRAD_KEYS) + "; functions written in Java need them (libtorch 2.13 has them)");
        }
        short[] keys = new short[found.size()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = found.get(i);
        }
        return keys;
    }

    @Override
    public void close() {
        for (int i = 0; i < KEYS.length; i++) {
            LibtorchInternal.DispatchKey_setExcluded(KEYS[i], (byte) (excluded[i] ? 1 : 0));
        }
        gradMode.close();
    }
}
