package org.frugaltorch.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.engine.RandomReplay;
import org.frugaltorch.tensor.RepeatableDraws;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * Runs a part of a model and keeps nothing of it but its inputs; the backward pass runs it once more to get back what it
 * needs ("Training deep nets with sublinear memory cost", Chen et al. 2016). Gradients are the same to the last bit,
 * also with dropout: the second run draws the same random numbers, and the generator goes on as if it had not happened.
 * A part that would draw on another device than the CPU or CUDA is refused ({@link RepeatableDraws}). Kept besides the
 * inputs is the generators' state, about 5 kB.
 *
 * <pre>{@code
 * Tensor output = Recompute.apply(block::forward, input);
 * }</pre>
 */
public final class Recompute {
    /** A part of a model. */
    @FunctionalInterface
    public interface Step {
        /**
         * Computes outputs from inputs. Every tensor it reads must be an input or live until the backward pass, as
         * parameters do; tensors that it creates are released by the caller.
         *
         * @param again whether this is the run inside the backward pass; then outputs that are constants to it may be
         *     null, so that they need not be computed twice
         * @param inputs as given, null where null was given
         */
        Tensor[] run(boolean again, Tensor... inputs);
    }

    private Recompute() {}

    /** Runs a step of one tensor. */
    public static Tensor apply(UnaryOperator<Tensor> step, Tensor input) {
        return apply((again, inputs) -> new Tensor[] {step.apply(inputs[0])}, input)[0];
    }

    /**
     * Runs a step. All outputs are part of the graph; detach those that are constants.
     *
     * @param inputs that the step reads besides parameters; those that require a gradient get one
     */
    public static Tensor[] apply(Step step, Tensor... inputs) {
        return FunctionCall.apply(new Body(step, List::of), inputs);
    }

    /** Runs back from those outputs of a step that got a gradient. */
    static void back(Tensor[] outputs, Tensor... gradients) {
        List<Tensor> roots = new ArrayList<>();
        List<Tensor> rootGradients = new ArrayList<>();
        for (int i = 0; i < outputs.length; i++) {
            if (gradients[i] != null && outputs[i] != null && outputs[i].requiresGrad()) {
                roots.add(outputs[i]);
                rootGradients.add(gradients[i]);
            }
        }
        if (!roots.isEmpty()) {
            Backward.run(roots, rootGradients);
        }
    }

    /**
     * Runs a step of which is known what it trains, so that those gradients can be used as soon as they are complete (see
     * {@link ReadyGradients}); otherwise this makes no difference.
     *
     * @param parameters asked for when the step is recorded
     */
    public static Tensor[] apply(Step step, Supplier<List<Tensor>> parameters, Tensor... inputs) {
        return FunctionCall.apply(new Body(step, parameters), inputs);
    }

    private record Body(Step step, Supplier<List<Tensor>> known) implements FunctionBody {
        @Override
        public Tensor[] forward(FunctionContext context, Tensor[] inputs) {
            context.save(inputs);
            if (!context.isRecording()) {
                return step.run(false, inputs);
            }
            context.save(Engine.randomState());
            try (RepeatableDraws required = RepeatableDraws.require()) {
                return step.run(false, inputs);
            }
        }

        @Override
        public Tensor[] backward(FunctionContext context, Tensor[] gradients) {
            Tensor[] inputs = new Tensor[context.savedCount() - 1];
            for (int i = 0; i < inputs.length; i++) {
                Tensor saved = context.saved(i);
                inputs[i] = saved == null ? null : saved.detach().setRequiresGrad(context.needsGradient(i));
            }
            back(runAgain(context, inputs), gradients);
            Tensor[] results = new Tensor[inputs.length];
            for (int i = 0; i < results.length; i++) {
                results[i] = context.needsGradient(i) ? inputs[i].grad() : null;
            }
            return results;
        }

        private Tensor[] runAgain(FunctionContext context, Tensor... inputs) {
            try (TensorScope scope = TensorScope.open();
                    RandomReplay replay = new RandomReplay(context.saved(inputs.length));
                    GradMode on = GradMode.enabled()) {
                Tensor[] outputs = step.run(true, inputs);
                for (Tensor output : outputs) {
                    if (output != null) {
                        scope.promote(output);
                    }
                }
                return outputs;
            }
        }

        @Override
        public List<Tensor> parameters() {
            return known.get();
        }

        /** Not all parameters that a step reads need be known, so some may have to be trained. */
        @Override
        public boolean trains() {
            return true;
        }

        @Override
        public String name() {
            return "Recompute";
        }
    }
}
