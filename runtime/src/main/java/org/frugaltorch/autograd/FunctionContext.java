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
    private final boolean recording;
    private final boolean[] wanted;
    private final List<Tensor> saved = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();
    private TensorScope scope;

    FunctionContext(boolean recording, boolean[] wanted) {
        this.recording = recording;
        this.wanted = wanted;
    }

    /** Contexts that live graphs hold at this moment, over all threads; 0 when every graph has died. */
    public static int liveContexts() {
        return CarrierKernels.liveCalls();
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

    /**
     * Hands a saved tensor over to the innermost scope, so that nobody but the caller has it: for a gradient that was
     * computed in forward and may become a leaf's without a copy.
     */
    public Tensor take(int index) {
        Tensor tensor = saved.set(index, null);
        Tensor taken = tensor.alias();
        tensor.close();
        return taken;
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

    /** The same as {@link Backward#accumulate}, for use in backward. */
    public void accumulate(Tensor parameter, Tensor gradient) {
        Backward.accumulate(parameter, gradient);
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
