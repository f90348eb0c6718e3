package org.frugaltorch.optim;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.autograd.ReadyGradients;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Updates each parameter during the backward pass, as soon as its gradient is complete, and frees the gradient: all
 * gradients never exist at once. The parameters become what one step after the pass would make them, bit for bit. What
 * needs all gradients first cannot be done this way: clipping by their common norm, and adding up several passes.
 *
 * <pre>{@code
 * updates.begin(learningRate);
 * Backward.run(loss);
 * double norm = updates.finish();
 * }</pre>
 */
public final class UpdatesInBackward implements AutoCloseable {
    private final AdamW optimizer;
    private final Map<String, Tensor> parameters;
    private final ReadyGradients gradients;
    private final Map<String, Tensor> norms = new HashMap<>();
    private final TensorScope normScope = TensorScope.detached();
    private double learningRate = Double.NaN;
    private boolean stopped;

    /**
     * Takes over the updates of the backward passes that this thread runs.
     *
     * @param optimizer of the same parameters
     * @param parameters by name, in the order in which their norms are added up
     */
    public UpdatesInBackward(AdamW optimizer, Map<String, Tensor> parameters) {
        this.optimizer = optimizer;
        this.parameters = new LinkedHashMap<>(parameters);
        this.gradients = ReadyGradients.watch(this.parameters, this::update);
    }

    /** Begins a step; one backward pass must follow. */
    public void begin(double rate) {
        learningRate = rate;
        stopped = false;
    }

    /** A gradient that is no number ends the updates of its pass, so that the others do not spread it. */
    private void update(String name) {
        if (Double.isNaN(learningRate)) {
            throw new IllegalStateException("A backward pass ran outside of a step: call begin before each");
        }
        Tensor parameter = parameters.get(name);
        Tensor norm = GradientClipping.norm(parameter.grad());
        norms.put(name, normScope.adopt(norm));
        stopped |= !Double.isFinite(norm.item());
        if (!stopped) {
            optimizer.step(name, learningRate);
        }
        parameter.clearGrad();
    }

    /**
     * Ends a step.
     *
     * @return the norm of all gradients; not finite when a gradient was not, in which case some parameters have been
     *     updated and others have not
     */
    public double finish() {
        learningRate = Double.NaN;
        try (TensorScope scope = TensorScope.open()) {
            List<Tensor> inOrder = parameters.keySet().stream().filter(norms::containsKey).map(norms::get).toList();
            return inOrder.isEmpty() ? 0 : Tensors.stack(0, inOrder.toArray(Tensor[]::new)).norm().item();
        } finally {
            norms.values().forEach(Tensor::close);
            norms.clear();
        }
    }

    /** Most bytes that gradients took at once, over all passes so far. */
    public long mostGradientBytes() {
        return gradients.mostBytes();
    }

    /** Lets backward passes leave gradients where they are again. */
    @Override
    public void close() {
        gradients.close();
        normScope.close();
    }
}
