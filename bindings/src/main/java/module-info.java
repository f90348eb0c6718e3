/** Generated calls into libtorch's C ABI; the only module that links native code. */
@SuppressWarnings("module") // A module that is exported to is not there yet when this one is compiled.
module org.frugaltorch.bindings {
    exports org.frugaltorch.bindings;
    exports org.frugaltorch.bindings.generated to
            org.frugaltorch.runtime;
}
