package org.frugaltorch.nn;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/** The named tensors of a model, in a fixed order; owns them until it is closed. */
public final class Parameters implements AutoCloseable {
    private final Map<String, Tensor> byName = new LinkedHashMap<>();
    private final TensorScope scope = TensorScope.detached();

    /** No parameters yet. */
    public Parameters() {}

    /**
     * Takes a tensor into ownership.
     *
     * @throws IllegalArgumentException when the name is taken
     */
    public Tensor add(String name, Tensor tensor) {
        if (byName.putIfAbsent(name, scope.adopt(tensor)) != null) {
            throw new IllegalArgumentException("There are two parameters named " + name);
        }
        return tensor;
    }

    /**
     * The tensor of that name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public Tensor get(String name) {
        Tensor tensor = byName.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("There is no parameter named " + name);
        }
        return tensor;
    }

    /** All of them by name, in order of addition. */
    public Map<String, Tensor> asMap() {
        return Collections.unmodifiableMap(byName);
    }

    /** All tensors, in order of addition. */
    public Collection<Tensor> tensors() {
        return asMap().values();
    }

    /** Those that require a gradient. */
    public List<Tensor> trainable() {
        return byName.values().stream().filter(Tensor::requiresGrad).toList();
    }

    /** Bytes of all of them. */
    public long byteSize() {
        return byName.values().stream().mapToLong(Tensor::byteSize).sum();
    }

    /** Forgets all gradients. */
    public void clearGrads() {
        byName.values().forEach(Tensor::clearGrad);
    }

    @Override
    public void close() {
        byName.clear();
        scope.close();
    }
}
