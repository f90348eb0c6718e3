package org.frugaltorch.nn;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * The named tensors of a model, in a fixed order; owns them until it is closed. It also knows the model's linear layers by
 * name, so that methods can exchange how their matrices are kept.
 */
public final class Parameters implements AutoCloseable {
    private final Map<String, Tensor> byName = new LinkedHashMap<>();
    private final Map<String, Linear> linears = new LinkedHashMap<>();
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

    /** Whether there is a tensor of that name. */
    public boolean has(String name) {
        return byName.containsKey(name);
    }

    /**
     * Releases a tensor that the model no longer needs.
     *
     * @throws IllegalArgumentException when there is none of that name
     */
    public void remove(String name) {
        get(name).close();
        byName.remove(name);
    }

    /**
     * Puts another tensor in the place of one, which is released.
     *
     * @throws IllegalArgumentException when there is none of that name
     */
    public Tensor replace(String name, Tensor replacement) {
        get(name).close();
        byName.put(name, scope.adopt(replacement));
        return replacement;
    }

    /**
     * Makes a linear layer known under a name: that of its matrix without {@code .weight}.
     *
     * @throws IllegalArgumentException when the name is taken
     */
    public Linear addLinear(String name, Linear linear) {
        if (linears.putIfAbsent(name, linear) != null) {
            throw new IllegalArgumentException("There are two linear layers named " + name);
        }
        return linear;
    }

    /** The linear layers by name, such as {@code bert.encoder.layer.0.attention.self.query}. */
    public Map<String, Linear> linears() {
        return Collections.unmodifiableMap(linears);
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

    /** How many numbers those that require a gradient hold. */
    public long trainableElements() {
        return trainable().stream().mapToLong(Tensor::elementCount).sum();
    }

    /** Those that require a gradient, by name, in order of addition. */
    public Map<String, Tensor> trainableByName() {
        Map<String, Tensor> trainable = new LinkedHashMap<>(byName);
        trainable.values().removeIf(tensor -> !tensor.requiresGrad());
        return trainable;
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
        linears.clear();
        scope.close();
    }
}
