/** Tensors, autograd, memory accounting, optimisers and safetensors. */
module org.frugaltorch.runtime {
    requires transitive org.frugaltorch.bindings;
    requires com.fasterxml.jackson.databind;

    exports org.frugaltorch.io;
    exports org.frugaltorch.tensor;
}
