package org.frugaltorch.tensor;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import org.frugaltorch.bindings.NativeMemory;
import org.frugaltorch.bindings.NativeStatus;
import org.frugaltorch.bindings.generated.Libtorch;
import org.frugaltorch.bindings.generated.LibtorchInternal;

/**
 * Whether a tensor requires a gradient. Most have nothing to do with autograd, and a word of theirs, a pointer that is null,
 * says so; reading it is cheaper than a call. Where that word lies is found out by asking libtorch about a tensor of ours.
 */
final class AutogradMeta {
    /** Words of a C++ tensor that are certainly its own; all fields of interest are among them. */
    private static final int WORDS = 16;
    private static final int NOT_FOUND = -1;
    private static final long OFFSET = findOffset();

    private AutogradMeta() {}

    static boolean requiresGrad(long implementation) {
        return !(OFFSET != NOT_FOUND && NativeMemory.readLong(implementation + OFFSET) == 0)
                && LibtorchInternal.TensorImpl_requiresGrad(implementation) != 0;
    }

    /** The only word that was null and is the pointer after a gradient was required. */
    private static long findOffset() {
        MemorySegment cell = ThreadContext.current().cell;
        NativeStatus.check(Libtorch.aoti_torch_scalar_to_tensor_float32(0, cell), "layout of tensors");
        long handle = cell.get(JAVA_LONG, 0);
        try {
            long implementation = NativeMemory.readLong(handle);
            long[] before = NativeMemory.readLongs(implementation, WORDS);
            NativeStatus.check(Libtorch.torch_set_requires_grad(handle, (byte) 1), "layout of tensors");
            long pointer = LibtorchInternal.TensorImpl_autogradMeta(implementation);
            long[] after = NativeMemory.readLongs(implementation, WORDS);
            int found = NOT_FOUND;
            for (int i = 0; i < WORDS; i++) {
                if (before[i] == 0 && after[i] == pointer) {
                    if (found != NOT_FOUND) {
                        return NOT_FOUND;
                    }
                    found = i;
                }
            }
            return found == NOT_FOUND ? NOT_FOUND : (long) found * Long.BYTES;
        } finally {
            Libtorch.aoti_torch_delete_tensor_object(handle);
        }
    }
}
