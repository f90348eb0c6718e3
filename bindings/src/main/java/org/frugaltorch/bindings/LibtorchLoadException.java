package org.frugaltorch.bindings;

/** No libtorch can be used: the message is one sentence that says what was wrong, where, and what to do. */
public class LibtorchLoadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message one sentence for the user */
    public LibtorchLoadException(String message) {
        super(message);
    }

    /**
     * @param message one sentence for the user
     * @param cause   what went wrong underneath
     */
    public LibtorchLoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
