package org.frugaltorch.autograd;

import java.util.List;
import org.frugaltorch.bindings.NativeException;
import org.frugaltorch.tensor.Operator;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Runs the backward pass: adds gradients to every leaf that requires them. The graph is freed on the way. What a
 * {@link JavaFunction} throws ends the pass and is thrown here.
 */
public final class Backward {
    private static final Operator BACKWARD = Operator.of("aten::_backward");

    private Backward() {}

    /**
     * From one number.
     *
     * @param loss a tensor of one element that was computed from leaves that require gradients
     */
    public static void run(Tensor loss) {
        start(loss, null);
    }

    /**
     * From one output of any shape.
     *
     * @param output any shape
     * @param gradient of the loss by {@code output}, same shape
     */
    public static void run(Tensor output, Tensor gradient) {
        start(output, gradient);
    }

    /**
     * From several outputs of one graph, walked through once.
     *
     * @param outputs of any shapes
     * @param gradients of the loss by each output, same shapes
     */
    public static void run(List<Tensor> outputs, List<Tensor> gradients) {
        if (outputs.isEmpty() || outputs.size() != gradients.size()) {
            throw new IllegalArgumentException("Backward needs one gradient an output, got " + outputs.size()
                    + " outputs and " + gradients.size() + " gradients");
        }
        if (outputs.size() == 1) {
            run(outputs.get(0), gradients.get(0));
            return;
        }
        // The derivative of sum(output * gradient) by each output is that gradient: one root for all of them.
        try (TensorScope scope = TensorScope.open(); GradMode on = GradMode.enabled()) {
            Tensor root = null;
            for (int i = 0; i < outputs.size(); i++) {
                Tensor term = outputs.get(i).mul(gradients.get(i).detach()).sum();
                root = root == null ? term : root.add(term);
            }
            run(root);
        }
    }

    /**
     * Adds to the gradient of a parameter, as the backward pass does for libtorch's own operators; one that does not
     * require a gradient is left alone. For gradients computed in Java. Several threads may add at once.
     *
     * @param parameter a leaf of the graph
     * @param gradient same shape; its memory may become the parameter's gradient, so it must not be written to later
     */
    public static void accumulate(Tensor parameter, Tensor gradient) {
        if (!parameter.requiresGrad()) {
            return;
        }
        // Through the graph, since autograd locks a parameter for every pass that ends there, whoever made the gradient.
        try (TensorScope temporary = TensorScope.open();
                GradMode on = GradMode.enabled()) {
            run(FunctionCall.apply(new Constant(gradient), parameter)[0]);
        }
    }

    /** A function of a parameter whose gradient is known beforehand. */
    private record Constant(Tensor gradient) implements FunctionBody {
        @Override
        public Tensor[] forward(FunctionContext context, Tensor[] inputs) {
            return new Tensor[] {Tensors.zeros(1)};
        }

        @Override
        public Tensor[] backward(FunctionContext context, Tensor[] gradients) {
            // A tensor of its own that nobody else has: autograd keeps such a one and copies others.
            return new Tensor[] {gradient.detach()};
        }

        @Override
        public List<Tensor> parameters() {
            return List.of();
        }

        @Override
        public boolean trains() {
            return false;
        }

        @Override
        public String name() {
            return "Backward.accumulate";
        }
    }

    private static void start(Tensor output, Tensor gradient) {
        try (TensorScope scope = TensorScope.open();
                BackwardRun run = new BackwardRun()) {
            // One that wants a gradient itself would be differentiated, which functions in Java are not made for.
            Tensor constant = gradient == null ? null : gradient.detach();
            try {
                BACKWARD.call().tensor(output).tensors(List.of()).optionalTensor(constant).none().flag(false).noResult();
            } catch (NativeException failure) {
                throw run.causeOf(failure);
            }
            run.throwWhatHooksKept();
            run.complete();
        }
    }
}
