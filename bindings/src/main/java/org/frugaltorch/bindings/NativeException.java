package org.frugaltorch.bindings;

/** A failure that libtorch reported; the message is libtorch's own first line, with what was being done. */
public class NativeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message one sentence that says what failed */
    public NativeException(String message) {
        super(message);
    }
}
