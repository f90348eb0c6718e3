package org.frugaltorch.bindings;

/** What newer releases of libtorch can do and older ones cannot. */
public enum LibtorchFeature {
    /** {@code torch_from_blob} calls back when a tensor over foreign memory dies. */
    FROM_BLOB_DELETER(2, 11, "a call-back when a tensor over foreign memory dies"),
    /** {@code torch_exception_get_what_without_backtrace} gives the text of the last failure. */
    ERROR_TEXT(2, 13, "the text of native errors"),
    /** Kinds of thread-local debug information are stored values; before, they are constants. */
    DEBUG_KIND_VALUE(2, 13, "kinds of thread-local debug information as data"),
    /** {@code torch_new_stable_ivalue} allocates the box of an optional argument. */
    STABLE_IVALUE(2, 13, "boxes for optional arguments made by libtorch itself");

    private final LibtorchVersion since;
    private final String description;

    LibtorchFeature(int major, int minor, String description) {
        this.since = new LibtorchVersion(major, minor, 0);
        this.description = description;
    }

    /** Whether the loaded libtorch has it. */
    public boolean isAvailable() {
        return NativeLibrary.info().version().isAtLeast(since);
    }

    /** The first release that has it. */
    public LibtorchVersion since() {
        return since;
    }

    /** A few words for people. */
    public String description() {
        return description;
    }
}
