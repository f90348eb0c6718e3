package org.frugaltorch.autograd;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * What one application of a function carries from its forward to its backward pass. It lives until the graph that the
 * application belongs to dies, whether backward ran or not; tensors saved in it are released then.
 */
public final class FunctionContext {
    private static final Object ACCUMULATION = new Object();

    private final boolean recording;
    private final boolean[] wanted;
    private final List<Tensor> saved = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();
    private TensorScope scope;

    FunctionContext(boolean recording, boolean[] wanted) {
        this.recording = recording;
        this.wanted = wanted;
    }

    /**
     * Saves tensors for the backward pass, in order and after those saved before; null stands for none. They are kept as
     * constants that share memory with the originals, so saving an input or output costs nothing and ties no graph to
     * itself; nobody checks that they are not changed in place meanwhile. Does nothing when nothing is recorded.
     */
    public void save(Tensor... tensors) {
        if (recording) {
            for (Tensor tensor : tensors) {
                saved.add(tensor == null ? null : adopt(tensor.detach()));
            }
        }
    }

    /** The saved tensor number {@code index}, owned by this context; closing it frees its memory early. */
    public Tensor saved(int index) {
        return saved.get(index);
    }

    /** Number of saved tensors. */
    public int savedCount() {
        return saved.size();
    }

    /** Keeps a value of Java, by a name of the function's choice. */
    public void put(String name, Object value) {
        values.put(name, value);
    }

    /** The value kept by that name; null when there is none. */
    public <T> T get(String name, Class<T> type) {
        return type.cast(values.get(name));
    }

    /** Whether a backward pass may follow; if not, saved tensors are not kept. */
    public boolean isRecording() {
        return recording;
    }

    /** Whether the gradient of input {@code index} is wanted; a function may return null for one that is not. */
    public boolean needsGradient(int index) {
        return wanted[index];
    }

    /**
     * Adds to the gradient of a parameter, as autograd does for its own operators; one that does not require a gradient
     * is left alone. For use in backward. Several threads may add at once.
     *
     * @param parameter a leaf of the graph
     * @param gradient same shape; its memory may become the parameter's gradient, so it must not be written to later
     */
    public void accumulate(Tensor parameter, Tensor gradient) {
        if (!parameter.requiresGrad()) {
            return;
        }
        synchronized (ACCUMULATION) {
            try (TensorScope temporary = TensorScope.open()) {
                if (parameter.grad() == null) {
                    // Autograd would copy: it cannot know that our handle on the gradient is soon gone.
                    Tensor own = gradient.detach();
                    parameter.setGrad(own.isContiguous() ? own : own.contiguous());
                    return;
                }
            }
        }
        Backward.run(parameter, gradient);
    }

    Tensor adopt(Tensor tensor) {
        if (scope == null) {
            scope = TensorScope.detached();
        }
        return scope.adopt(tensor);
    }

    void close() {
        if (scope != null) {
            scope.close();
        }
    }
}
