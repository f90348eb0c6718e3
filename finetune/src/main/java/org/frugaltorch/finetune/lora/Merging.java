package org.frugaltorch.finetune.lora;

import java.util.List;
import org.frugaltorch.nn.Linear;
import org.frugaltorch.nn.LinearWeight;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/** Adds adapters to the matrices that they are on. */
record Merging(Parameters model) {
    private static final String WEIGHT = ".weight";

    /**
     * Adds {@code factor} times what an adapter adds to each matrix, rounded once.
     *
     * @throws IllegalStateException when a matrix is not dense; nothing was changed then
     */
    void add(Adapter adapter, double factor) {
        for (String layer : adapter.pairs().keySet()) {
            if (!(base(layer) instanceof LinearWeight.Dense)) {
                throw new IllegalStateException("The adapter cannot be merged into the quantised matrix of " + layer
                        + " without changing what it computes: use mergeAndUnload, which makes a dense model");
            }
        }
        adapter.pairs().forEach((layer, pair) -> {
            try (TensorScope scope = TensorScope.open()) {
                // In a new tensor: a frozen matrix may lie in a mapped file, which must not be written to.
                Tensor matrix = ((LinearWeight.Dense) base(layer)).matrix().detach();
                DType wide = matrix.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
                Tensor sum = matrix.to(wide).add(pair.delta(wide), factor).to(matrix.dtype());
                replaceBase(layer, new LinearWeight.Dense(model.replace(layer + WEIGHT, sum)));
            }
        });
    }

    /** Replaces every matrix that is not dense by a dense one. */
    void makeDense(DType type) {
        for (String layer : model.linears().keySet()) {
            LinearWeight base = base(layer);
            if (base instanceof LinearWeight.Dense) {
                continue;
            }
            try (TensorScope scope = TensorScope.open()) {
                Tensor dense = base.toDense(type);
                // What is not dense consists of several tensors, whose names begin with that of the matrix.
                String name = layer + WEIGHT;
                List.copyOf(model.asMap().keySet()).stream()
                        .filter(n -> n.equals(name) || n.startsWith(name + "."))
                        .forEach(model::remove);
                replaceBase(layer, new LinearWeight.Dense(model.add(name, dense)));
            }
        }
    }

    private LinearWeight base(String layer) {
        LinearWeight weight = model.linears().get(layer).weight();
        return weight instanceof LoraWeight lora ? lora.base() : weight;
    }

    private void replaceBase(String layer, LinearWeight base) {
        Linear linear = model.linears().get(layer);
        if (linear.weight() instanceof LoraWeight lora) {
            lora.setBase(base);
        } else {
            linear.setWeight(base);
        }
    }
}
