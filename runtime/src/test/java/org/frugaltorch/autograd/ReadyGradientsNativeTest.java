package org.frugaltorch.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** When gradients are handed over, and that they are whole then. */
@ExtendWith(LiveHandles.class)
class ReadyGradientsNativeTest {
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final List<String> order = new ArrayList<>();
    private Tensor input;

    @BeforeEach
    void begin() {
        input = Tensors.randn(4, 3);
        for (String name : List.of("first", "second", "third")) {
            parameters.put(name, Tensors.randn(3, 3).setRequiresGrad(true));
        }
    }

    private Tensor linear(Tensor states, String name) {
        return Functional.linear(states, parameters.get(name), null);
    }

    private Tensor linearOfOurs(Tensor states, String name) {
        return new TestFunctions.LinearWeights(parameters.get(name)).function().apply(states);
    }

    /** As {@link #linearOfOurs}, but of whose weights nobody knows. */
    private Tensor secretive(Tensor states, String name) {
        return Recompute.apply(t -> Functional.linear(t, parameters.get(name), null), states);
    }

    private Tensor recomputed(Tensor states, String name) {
        return Recompute.apply((again, in) -> new Tensor[] {Functional.linear(in[0], parameters.get(name), null)},
                () -> List.of(parameters.get(name)), states)[0];
    }

    /** Runs the pass plainly and under a watch that takes every gradient away, and compares. */
    private void assertHandedOverWhole(Function<Tensor, Tensor> model) {
        int contexts = FunctionContext.liveContexts();
        Map<String, float[]> plain = new TreeMap<>();
        Backward.run(loss(model));
        parameters.forEach((name, parameter) -> {
            if (parameter.grad() != null) {
                plain.put(name, parameter.grad().toFloats());
                parameter.clearGrad();
            }
        });
        Map<String, float[]> handedOver = new TreeMap<>();
        try (ReadyGradients watch = ReadyGradients.watch(parameters, name -> {
            order.add(name);
            handedOver.put(name, parameters.get(name).grad().toFloats());
            parameters.get(name).clearGrad();
        })) {
            Backward.run(loss(model));
        }
        assertThat(handedOver.keySet()).isEqualTo(plain.keySet());
        plain.forEach((name, gradient) -> assertThat(handedOver.get(name)).as(name).isEqualTo(gradient));
        parameters.values().forEach(parameter -> assertThat(parameter.grad()).isNull());
        assertThat(FunctionContext.liveContexts()).isEqualTo(contexts);
    }

    private Tensor loss(Function<Tensor, Tensor> model) {
        Tensor output = model.apply(input);
        return output.mul(output).sum();
    }

    // ---- order --------------------------------------------------------------------------------------------------------

    @Test
    void plainOperatorsHandOverAsTheyAreReached() {
        assertHandedOverWhole(t -> linear(linear(linear(t, "first"), "second"), "third"));
        assertThat(order).containsExactly("third", "second", "first");
    }

    @Test
    void aParameterUsedTwiceIsHandedOverOnce() {
        assertHandedOverWhole(t -> linear(linear(linear(t, "first"), "second"), "first"));
        assertThat(order).containsExactly("second", "first");
    }

    @Test
    void functionsHandOverWhenTheyAreThrough() {
        assertHandedOverWhole(t -> linearOfOurs(linear(recomputed(t, "first"), "second"), "third"));
        assertThat(order).containsExactly("third", "second", "first");
    }

    @Test
    void functionsThatShareAParameterHandItOverTogether() {
        assertHandedOverWhole(t -> linearOfOurs(linear(recomputed(t, "first"), "second"), "first"));
        assertThat(order).containsExactly("second", "first");
    }

    @Test
    void aFunctionAndAPlainOperatorMayShareAParameter() {
        assertHandedOverWhole(t -> linear(linearOfOurs(recomputed(t, "first"), "second"), "first"));
        assertThat(order).containsExactly("second", "first");
    }

    /** Of the plain use nobody knows when the function is through: better a sentence than a wrong update. */
    @Test
    void aPlainOperatorThatComesAfterItsFunctionIsRefused() {
        assertThatThrownBy(() -> assertHandedOverWhole(t -> linearOfOurs(linear(t, "first"), "first")))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("The gradient of first grew");
    }

    @Test
    void functionsInsideFunctionsWaitForTheOuterOnes() {
        assertHandedOverWhole(t -> Recompute.apply(
                (again, in) -> new Tensor[] {linear(linearOfOurs(in[0], "first"), "second").mul(in[0].sum())},
                () -> List.of(parameters.get("first"), parameters.get("second")), linear(t, "third"))[0]);
        assertThat(order).containsExactlyInAnyOrder("second", "first", "third").endsWith("third");
    }

    @Test
    void whatNobodyAnnouncedWaitsForTheEnd() {
        assertHandedOverWhole(t -> secretive(linear(secretive(t, "first"), "second"), "third"));
        assertThat(order.getFirst()).isEqualTo("second");
        assertThat(order).containsExactlyInAnyOrder("second", "third", "first");
        order.clear();
        assertHandedOverWhole(t -> secretive(linear(secretive(t, "first"), "second"), "first"));
        assertThat(order).containsExactly("second", "first");
    }

    @Test
    void functionsThatTakeNoPartDoNotHoldUp() {
        Tensor never = linearOfOurs(linear(input, "first"), "second");
        assertHandedOverWhole(t -> linear(linearOfOurs(t, "first"), "second"));
        assertThat(never.requiresGrad()).isTrue();
    }

    @Test
    void gradientsTakeRoomOneAfterTheOther() {
        Consumer<String> clear = name -> parameters.get(name).clearGrad();
        try (ReadyGradients watch = ReadyGradients.watch(parameters, clear)) {
            Backward.run(loss(t -> linear(linear(linear(t, "first"), "second"), "third")));
            assertThat(watch.mostBytes()).isEqualTo(Float.BYTES * 9);
            Backward.run(loss(t -> secretive(linear(secretive(t, "first"), "second"), "third")));
            assertThat(watch.mostBytes()).as("two wait for the end").isEqualTo(Float.BYTES * 9 * 2);
        }
    }

    // ---- failures -----------------------------------------------------------------------------------------------------

    /** A function that keeps its weight to itself meets an operator that autograd knows. */
    @Test
    void gradientsThatGrowAfterwardsAreNamed() {
        try (ReadyGradients watch = ReadyGradients.watch(parameters, name -> parameters.get(name).clearGrad())) {
            Tensor loss = loss(t -> linear(secretive(secretive(t, "second"), "first"), "first").mul(2));
            assertThatThrownBy(() -> Backward.run(loss)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("The gradient of first grew after it was complete");
            parameters.values().forEach(Tensor::clearGrad);
            order.clear();
            Backward.run(loss(t -> linear(linear(t, "first"), "second")));
        }
    }

    @Test
    void whatTheUserThrowsEndsTheHandingOverAndComesOut() {
        RuntimeException failure = new UnsupportedOperationException("no");
        Consumer<String> failing = name -> {
            order.add(name);
            if (name.equals("second")) {
                throw failure;
            }
        };
        try (ReadyGradients watch = ReadyGradients.watch(parameters, failing)) {
            Tensor loss = loss(t -> linear(linear(linear(t, "first"), "second"), "third"));
            assertThatThrownBy(() -> Backward.run(loss)).isSameAs(failure);
            assertThat(order).containsExactly("third", "second");
        }
        assertThat(TensorScope.leakedTensors()).isZero();
    }

    @Test
    void aPassThatFailsHandsNothingOverThatIsNotWhole() {
        RuntimeException failure = new UnsupportedOperationException("no");
        try (ReadyGradients watch = ReadyGradients.watch(parameters, order::add)) {
            Tensor failing = TestFunctions.square(() -> null, () -> failure).apply(linear(input, "first"));
            Tensor loss = recomputed(failing, "second").sum();
            assertThatThrownBy(() -> Backward.run(loss)).isSameAs(failure);
            assertThat(order).containsExactly("second");
            parameters.values().forEach(Tensor::clearGrad);
            order.clear();
            Backward.run(linear(input, "first").sum());
            assertThat(order).containsExactly("first");
        }
        order.clear();
        Backward.run(linear(input, "first").sum());
        assertThat(order).as("nobody watches any more").isEmpty();
    }

    @Test
    void oneWatchAThread() {
        try (ReadyGradients watch = ReadyGradients.watch(parameters, order::add)) {
            assertThatThrownBy(() -> ReadyGradients.watch(parameters, order::add)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("watches gradients already");
        }
        ReadyGradients.watch(parameters, order::add).close();
    }
}
