package org.frugaltorch.bindings;

/** libtorch's allocator found no memory; everything allocated before is intact and can be released. */
public final class OutOfTorchMemoryException extends NativeException {
    private static final long serialVersionUID = 1L;

    /** @param message one sentence that says what was asked for */
    public OutOfTorchMemoryException(String message) {
        super(message);
    }
}
