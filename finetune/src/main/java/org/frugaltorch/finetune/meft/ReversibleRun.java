package org.frugaltorch.finetune.meft;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;

/**
 * Some rows of a batch on their way through the reversible layers and back. Forth, nothing is recorded; what is needed to
 * come back goes on a tape. Back, one sub-network at a time is run again and differentiated, and its graph is gone before
 * the next one is run.
 *
 * <p>Both streams consist of one tensor a group of tokens; gradients are those of the first group.
 *
 * <p>A top layer of which some tokens alone are read is not reversed: the streams before it are kept instead of those
 * behind it, which are as large, and it is run again for these tokens, differentiated whole.
 *
 * @param couplings from the bottom to the top
 * @param arithmetic of the streams
 * @param anchorDistance layers between anchors; 0 for none
 * @param pass that the rows make
 */
record ReversibleRun(List<Coupling> couplings, StreamArithmetic arithmetic, int anchorDistance, Pass pass) {

    /** Told of both streams before each layer, on the way back. */
    @FunctionalInterface
    interface Observer {
        /** For nobody. */
        Observer NONE = (layer, first, second) -> {};

        void at(int layer, Tensor[] first, Tensor[] second);
    }

    // ---- forth ------------------------------------------------------------------------------------------------------

    /**
     * Runs through all layers.
     *
     * @param first stream as hidden states
     * @param second stream as hidden states
     * @return the mean of both streams, of the tokens that are read, in the innermost scope
     */
    Tensor[] forth(Tensor[] first, Tensor[] second, Tape tape, Observer observer) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor[] one = each(first, arithmetic::enter);
            Tensor[] other = each(second, arithmetic::enter);
            Tensor health = Tensors.zeros(pass.type(), first[0].device());
            for (int i = 0; i < reversed(); i++) {
                Coupling coupling = couplings.get(i);
                if (isAnchor(i)) {
                    push(tape, one, other);
                }
                observer.at(i, one, other);
                try (TensorScope layer = TensorScope.open()) {
                    Step firstStep = couple(coupling.first(), one, other, tape);
                    Step secondStep = couple(coupling.second(), other, firstStep.stream, tape);
                    health = layer.promote(health.add(firstStep.health).add(secondStep.health));
                    one = promote(layer, coupling.exchanges() ? secondStep.stream : firstStep.stream);
                    other = promote(layer, coupling.exchanges() ? firstStep.stream : secondStep.stream);
                }
            }
            push(tape, one, other);
            try (GradMode off = GradMode.disabled()) {
                TwoStreams streams = hiddenStates(one, other);
                Tensor[] means = (isTopReversed() ? streams : streams.after(couplings.getLast(), pass)).means();
                for (int group = 0; group < means.length; group++) {
                    means[group] = scope.promote(means[group].to(pass.type()).add(health));
                }
                return means;
            }
        }
    }

    private boolean isTopReversed() {
        return couplings.getLast().read() == null;
    }

    /** How many layers are reversed. */
    private int reversed() {
        return couplings.size() - (isTopReversed() ? 0 : 1);
    }

    /** Streams that are kept, as what the layer above them reads: new leaves. */
    private TwoStreams hiddenStates(Tensor[] first, Tensor[] second) {
        return new TwoStreams(each(first, stream -> arithmetic.leave(stream, wide())),
                each(second, stream -> arithmetic.leave(stream, wide())));
    }

    /** The type in which sums of hidden states and of gradients are computed. */
    private DType wide() {
        return pass.type() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    }

    /** @param health 0, or NaN when an addition was not finite, which whole numbers cannot tell */
    private record Step(Tensor[] stream, Tensor health) {}

    /** Both streams stay where they are, the first one used up. */
    private Step couple(Coupling.Part part, Tensor[] changed, Tensor[] read, Tape tape) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            Tensor[] additions = part.run(each(read, stream -> arithmetic.leave(stream, pass.type())), pass);
            Tensor[] result = new Tensor[changed.length];
            for (int group = 0; group < result.length; group++) {
                result[group] = scope.promote(arithmetic.couple(changed[group], additions[group], part.factor(), tape));
                changed[group].close();
            }
            return new Step(result, scope.promote(additions[0].sum().mul(0)));
        }
    }

    private boolean isAnchor(int index) {
        return anchorDistance > 0 && index > 0 && index % anchorDistance == 0;
    }

    private static void push(Tape tape, Tensor[] first, Tensor[] second) {
        for (Tensor tensor : first) {
            tape.push(tensor);
        }
        for (Tensor tensor : second) {
            tape.push(tensor);
        }
    }

    // ---- back -------------------------------------------------------------------------------------------------------

    /** Both streams, in the form that the arithmetic keeps them in, and the gradients of the first group's. */
    private static final class State {
        private Tensor[] first;
        private Tensor[] second;
        private Tensor byFirst;
        private Tensor bySecond;

        void exchange() {
            Tensor[] stream = first;
            first = second;
            second = stream;
            Tensor gradient = byFirst;
            byFirst = bySecond;
            bySecond = gradient;
        }
    }

    /**
     * Runs back through all layers, and adds to the gradients of everything that is trained in them.
     *
     * @param gradient of the loss by the mean of the first group; null for coming back alone
     * @param inputWanted whether gradients of the streams that went in are wanted
     * @return those two, or null
     */
    Tensor[] back(Tensor gradient, boolean inputWanted, Tape tape, Observer observer) {
        try (TensorScope scope = TensorScope.open()) {
            State state = new State();
            pop(tape, state);
            if (gradient != null) {
                begin(state, gradient.to(wide()), reversed() > 0 || inputWanted);
            }
            for (int i = reversed() - 1; i >= 0; i--) {
                Coupling coupling = couplings.get(i);
                if (coupling.exchanges()) {
                    state.exchange();
                }
                try (TensorScope layer = TensorScope.open()) {
                    uncouple(coupling, state, i > 0 || inputWanted, tape);
                    keep(layer, state);
                }
                observer.at(i, state.first, state.second);
                if (isAnchor(i)) {
                    close(state.first);
                    close(state.second);
                    pop(tape, state);
                }
            }
            return gradient == null || !inputWanted
                    ? null
                    : new Tensor[] {scope.promote(state.byFirst), scope.promote(state.bySecond)};
        }
    }

    /** From the mean to the streams that were kept. */
    private void begin(State state, Tensor gradient, boolean inputWanted) {
        if (isTopReversed()) {
            state.byFirst = gradient.mul(0.5);
            state.bySecond = state.byFirst.alias();
            return;
        }
        try (TensorScope scope = TensorScope.open();
                GradMode recording = GradMode.enabled()) {
            TwoStreams streams = hiddenStates(state.first, state.second);
            streams.first()[0].setRequiresGrad(inputWanted);
            streams.second()[0].setRequiresGrad(inputWanted);
            Backward.run(streams.after(couplings.getLast(), pass).means()[0], gradient);
            if (inputWanted) {
                state.byFirst = scope.promote(streams.first()[0].grad());
                state.bySecond = scope.promote(streams.second()[0].grad());
            }
        }
    }

    private void pop(Tape tape, State state) {
        state.second = new Tensor[pass.views().length];
        for (int group = pass.views().length - 1; group >= 0; group--) {
            state.second[group] = tape.pop();
        }
        state.first = new Tensor[pass.views().length];
        for (int group = pass.views().length - 1; group >= 0; group--) {
            state.first[group] = tape.pop();
        }
    }

    /** From the streams after a layer to those before it; what is no longer needed is released on the way. */
    private void uncouple(Coupling coupling, State state, boolean inputWanted, Tape tape) {
        Again second = again(coupling.second(), state.first, state.bySecond, true);
        state.second = uncoupled(coupling.second(), state.second, second, tape);
        state.byFirst = sum(state.byFirst, second.byInput);
        Again first = again(coupling.first(), state.second, state.byFirst, inputWanted);
        state.first = uncoupled(coupling.first(), state.first, first, tape);
        state.bySecond = sum(scaled(state.bySecond, coupling.beta()), first.byInput);
        state.byFirst = scaled(state.byFirst, coupling.lambda());
    }

    /**
     * What a sub-network computed again.
     *
     * @param values for every group
     * @param byInput gradient by what it read, or null
     */
    private record Again(Tensor[] values, Tensor byInput) {}

    private Again again(Coupling.Part part, Tensor[] read, Tensor gradient, boolean inputWanted) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor[] states = each(read, stream -> arithmetic.leave(stream, pass.type()));
            Tensor[] results;
            try (GradMode recording = gradient == null ? GradMode.disabled() : GradMode.enabled()) {
                states[0].setRequiresGrad(gradient != null && inputWanted);
                results = part.run(states, pass);
            }
            Tensor byInput = null;
            if (results[0].requiresGrad()) {
                Backward.run(results[0], gradient.to(pass.type()));
                byInput = inputWanted ? states[0].grad() : null;
            }
            Tensor[] values = each(results, Tensor::detach);
            promote(scope, values);
            return new Again(values, byInput == null ? null : scope.promote(byInput));
        }
    }

    private Tensor[] uncoupled(Coupling.Part part, Tensor[] stream, Again again, Tape tape) {
        Tensor[] result = new Tensor[stream.length];
        for (int group = stream.length - 1; group >= 0; group--) {
            result[group] = arithmetic.uncouple(stream[group], again.values[group], part.factor(), tape);
        }
        close(stream);
        close(again.values);
        return result;
    }

    private static Tensor sum(Tensor gradient, Tensor more) {
        if (more == null) {
            return gradient;
        }
        Tensor sum = gradient.add(more);
        gradient.close();
        more.close();
        return sum;
    }

    private static Tensor scaled(Tensor gradient, Factor factor) {
        if (gradient == null || factor.isOne()) {
            return gradient;
        }
        Tensor scaled = gradient.mul(factor.value());
        gradient.close();
        return scaled;
    }

    // ---- groups of tokens -------------------------------------------------------------------------------------------

    private static Tensor[] each(Tensor[] groups, UnaryOperator<Tensor> operator) {
        return Arrays.stream(groups).map(operator).toArray(Tensor[]::new);
    }

    private static Tensor[] promote(TensorScope scope, Tensor[] groups) {
        Arrays.stream(groups).forEach(scope::promote);
        return groups;
    }

    private static void keep(TensorScope scope, State state) {
        promote(scope, state.first);
        promote(scope, state.second);
        if (state.byFirst != null) {
            scope.promote(state.byFirst);
            scope.promote(state.bySecond);
        }
    }

    private static void close(Tensor[] groups) {
        Arrays.stream(groups).forEach(Tensor::close);
    }
}
