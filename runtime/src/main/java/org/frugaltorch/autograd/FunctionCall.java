package org.frugaltorch.autograd;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * One application of a function in Java, as the graph sees it. A node of {@link CarrierKernels} has one input and one
 * output. A function of one input and one output is one such node. Any other is a fan of them around a <em>joint</em>, a
 * tiny tensor that stands for the function itself: a node for every input leads to the joint, another from the joint to
 * every output. In the backward pass the nodes of outputs put the gradients they get aside; autograd reaches the nodes
 * of inputs only after all of those, and the first of them runs the function's backward for all.
 */
final class FunctionCall {
    private static final int SINGLE = 1;
    private static final int FIRST_IN_FAN = 2;

    private final FunctionBody body;
    private final FunctionContext context;
    private final boolean[] wanted;
    private final long[][] inputShapes;
    private final Tensor[] outputGradients;
    private Tensor[] inputGradients;
    private int nodesLeft;
    private List<ReadyGradients.Watched> announced = List.of();

    private FunctionCall(
            FunctionBody body, FunctionContext context, boolean[] wanted, long[][] inputShapes, int outputCount) {
        this.body = body;
        this.context = context;
        this.wanted = wanted;
        this.inputShapes = inputShapes;
        this.outputGradients = new Tensor[outputCount];
    }

    /** Runs the forward pass and records it; results belong to the innermost scope. */
    static Tensor[] apply(FunctionBody body, Tensor... inputs) {
        boolean[] wanted = new boolean[inputs.length];
        boolean recording = false;
        if (GradMode.isEnabled()) {
            for (int i = 0; i < inputs.length; i++) {
                wanted[i] = inputs[i] != null && inputs[i].requiresGrad();
                recording |= wanted[i];
            }
            recording = recording || body.trains();
        }
        FunctionContext context = new FunctionContext(recording, wanted);
        try (TensorScope scope = TensorScope.open()) {
            Tensor[] values = values(body, context, inputs);
            if (!recording) {
                promote(scope, values);
                return values;
            }
            long[][] shapes = Arrays.stream(inputs).map(t -> t == null ? null : t.shape()).toArray(long[][]::new);
            FunctionCall call = new FunctionCall(body, context, wanted, shapes, values.length);
            if (ReadyGradients.areWatched()) {
                call.announced = ReadyGradients.await(body.parameters());
            }
            Tensor[] outputs = call.record(inputs, values, CarrierKernels.ticket(call));
            promote(scope, outputs);
            return outputs;
        } catch (RuntimeException | Error failure) {
            context.close();
            throw failure;
        }
    }

    /** The forward pass; its results as new constants, since the graph will mark them as outputs of its node. */
    private static Tensor[] values(FunctionBody body, FunctionContext context, Tensor... inputs) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            Tensor[] results = body.forward(context, inputs);
            if (results == null || results.length == 0 || Arrays.asList(results).contains(null)) {
                throw new IllegalStateException(body.name() + ".forward returned no tensor: it must return its outputs");
            }
            Tensor[] values = new Tensor[results.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = results[i].detach();
            }
            promote(scope, values);
            return values;
        }
    }

    private static void promote(TensorScope scope, Tensor... tensors) {
        for (Tensor tensor : tensors) {
            scope.promote(tensor);
        }
    }

    // ---- forward: nodes ---------------------------------------------------------------------------------------------

    private Tensor[] record(Tensor[] inputs, Tensor[] values, Tensor ticket) {
        if (inputs.length == 1 && values.length == 1 && wanted[0]) {
            return new Tensor[] {CarrierKernels.node(inputs[0], values[0], ticket, SINGLE)};
        }
        Tensor joint = joint(inputs, ticket);
        Tensor[] outputs = new Tensor[values.length];
        for (int i = 0; i < values.length; i++) {
            outputs[i] = CarrierKernels.node(joint, values[i], ticket, FIRST_IN_FAN + inputShapes.length + 1 + i);
        }
        return outputs;
    }

    private Tensor joint(Tensor[] inputs, Tensor ticket) {
        Tensor[] ends = new Tensor[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            if (wanted[i]) {
                ends[nodesLeft++] = CarrierKernels.node(inputs[i], jointValue(), ticket, FIRST_IN_FAN + i);
            }
        }
        if (nodesLeft == 0) {
            // Only parameters want gradients: without a leaf to lead to, autograd would have no reason to come by.
            Tensor leaf = jointValue().setRequiresGrad(true);
            ends[nodesLeft++] = CarrierKernels.node(leaf, jointValue(), ticket, FIRST_IN_FAN + inputs.length);
        }
        return nodesLeft == 1 ? ends[0] : Tensors.cat(0, Arrays.copyOf(ends, nodesLeft));
    }

    private static Tensor jointValue() {
        return Tensors.zeros(DType.FLOAT32, Device.CPU, 1);
    }

    // ---- backward -----------------------------------------------------------------------------------------------------

    /** What node {@code role} sends on when {@code incoming} has reached it; null when there is no gradient. */
    synchronized Tensor gradient(int role, Tensor incoming) {
        if (role == SINGLE) {
            return run(incoming)[0];
        }
        int input = role - FIRST_IN_FAN;
        if (input > inputShapes.length) {
            outputGradients[input - inputShapes.length - 1] = context.adopt(incoming.alias());
            return Tensors.zeros(DType.FLOAT32, Device.CPU, nodesLeft);
        }
        if (inputGradients == null) {
            inputGradients = run(outputGradients);
            Arrays.stream(inputGradients).filter(Objects::nonNull).forEach(context::adopt);
            Arrays.stream(outputGradients).filter(Objects::nonNull).forEach(Tensor::close);
        }
        nodesLeft--;
        return input == inputShapes.length ? null : handOver(input);
    }

    /** Moves a gradient out of the context, so that whoever gets it may keep its memory as its own. */
    private Tensor handOver(int input) {
        Tensor gradient = inputGradients[input];
        if (gradient == null) {
            return null;
        }
        inputGradients[input] = null;
        Tensor result = gradient.alias();
        gradient.close();
        return result;
    }

    private Tensor[] run(Tensor... gradients) {
        List<ReadyGradients.Watched> over = announced;
        announced = List.of();
        boolean completed = false;
        ReadyGradients.begin();
        try {
            Tensor[] results = checked(gradients);
            completed = true;
            return results;
        } finally {
            ReadyGradients.end(over, completed);
        }
    }

    private Tensor[] checked(Tensor... gradients) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor[] results = body.backward(context, gradients);
            if (results == null || results.length != inputShapes.length) {
                throw new IllegalStateException(body.name() + ".backward returned "
                        + (results == null ? "nothing" : results.length + " gradients") + " for " + inputShapes.length
                        + " inputs: return one for each, null where there is none");
            }
            Tensor[] checked = new Tensor[results.length];
            for (int i = 0; i < checked.length; i++) {
                if (wanted[i] && results[i] != null) {
                    check(i, results[i]);
                    checked[i] = scope.promote(results[i].alias());
                }
            }
            return checked;
        }
    }

    private void check(int input, Tensor gradient) {
        long[] shape = gradient.shape();
        if (!Arrays.equals(shape, inputShapes[input])) {
            throw new IllegalStateException(body.name() + ".backward returned a gradient of shape " + Arrays.toString(shape)
                    + " for input " + input + " of shape " + Arrays.toString(inputShapes[input]));
        }
    }

    /** Whether every node has had its gradient; only asked where libtorch does not tell when a graph dies. */
    synchronized boolean isFinished() {
        return nodesLeft == 0;
    }

    void close() {
        ReadyGradients.forget(announced);
        announced = List.of();
        context.close();
    }
}
