package org.frugaltorch.bindings;

/** There is no libtorch where one was looked for; the message lists the places and the settings to use. */
public final class LibtorchNotFoundException extends LibtorchLoadException {
    private static final long serialVersionUID = 1L;

    /** @param message what was looked at, and what to do */
    public LibtorchNotFoundException(String message) {
        super(message);
    }
}
