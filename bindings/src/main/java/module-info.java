/** Generated calls into libtorch's C ABI; the only module that links native code. */
module org.frugaltorch.bindings {
    exports org.frugaltorch.bindings;
    exports org.frugaltorch.bindings.generated to
            org.frugaltorch.runtime;
}
