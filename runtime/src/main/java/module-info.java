/** Tensors, autograd, memory accounting, optimisers and safetensors. */
module org.frugaltorch.runtime {
    requires transitive org.frugaltorch.bindings;
    requires com.fasterxml.jackson.databind;

    exports org.frugaltorch.autograd;
    exports org.frugaltorch.engine;
    exports org.frugaltorch.io;
    exports org.frugaltorch.memory;
    exports org.frugaltorch.nn;
    exports org.frugaltorch.optim;
    exports org.frugaltorch.tensor;
}
