package org.frugaltorch.autograd;

import java.util.Arrays;
import java.util.List;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Runs a part of a model as a graph of its own, to which its inputs are leaves. Whatever computes gradients inside in
 * Java can read an input as it reads a parameter, without naming it among its own inputs: many blocks that look at the
 * same states, each of them recomputed, add their gradients to one leaf. When the part's backward pass is done, the
 * leaves' gradients go on to where the inputs came from.
 *
 * <pre>{@code
 * Tensor[] outputs = GraphBoundary.apply(leaves -> decoder.run(leaves[0]), encoderStates);
 * }</pre>
 */
public final class GraphBoundary {
    /** A part of a model. */
    @FunctionalInterface
    public interface Part {
        /**
         * Computes outputs from inputs.
         *
         * @param inputs as given, null where null was given; they live until the backward pass
         * @return at least one tensor
         */
        Tensor[] run(Tensor... inputs);
    }

    private GraphBoundary() {}

    /**
     * Runs a part. All outputs belong to the graph; detach those that are constants.
     *
     * @param inputs those that require a gradient get one; null stands for an input that is not given
     */
    public static Tensor[] apply(Part part, Tensor... inputs) {
        return FunctionCall.apply(new Body(part), inputs);
    }

    private record Body(Part part) implements FunctionBody {
        private static final String LEAVES = "leaves";
        private static final String OUTPUTS = "outputs";

        @Override
        public Tensor[] forward(FunctionContext context, Tensor[] inputs) {
            if (!context.isRecording()) {
                return part.run(inputs);
            }
            Tensor[] leaves = new Tensor[inputs.length];
            for (int i = 0; i < leaves.length; i++) {
                leaves[i] = inputs[i] == null
                        ? null
                        : context.adopt(inputs[i].detach().setRequiresGrad(context.needsGradient(i)));
            }
            context.put(LEAVES, leaves);
            try (TensorScope scope = TensorScope.open();
                    GradMode on = GradMode.enabled()) {
                Tensor[] outputs = part.run(leaves);
                // With their graphs: they are what the backward pass starts from.
                context.put(OUTPUTS,
                        Arrays.stream(outputs).map(output -> context.adopt(output.alias())).toArray(Tensor[]::new));
            }
            return context.get(OUTPUTS, Tensor[].class);
        }

        @Override
        public Tensor[] backward(FunctionContext context, Tensor[] gradients) {
            Tensor[] outputs = context.get(OUTPUTS, Tensor[].class);
            Recompute.back(outputs, gradients);
            Tensor[] leaves = context.get(LEAVES, Tensor[].class);
            Tensor[] results = new Tensor[leaves.length];
            for (int i = 0; i < results.length; i++) {
                results[i] = context.needsGradient(i) ? leaves[i].grad() : null;
            }
            for (Tensor output : outputs) {
                output.close();
            }
            return results;
        }

        /** Which a part reads is not known. */
        @Override
        public List<Tensor> parameters() {
            return List.of();
        }

        /** What parameters a part reads is not known, so some may have to be trained. */
        @Override
        public boolean trains() {
            return true;
        }

        @Override
        public String name() {
            return "GraphBoundary";
        }
    }
}
