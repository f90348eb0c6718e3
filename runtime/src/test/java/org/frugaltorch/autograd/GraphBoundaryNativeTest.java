package org.frugaltorch.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A part as a graph of its own against the same part in one graph. */
@ExtendWith(LiveHandles.class)
class GraphBoundaryNativeTest {
    /** Layers that all read the same states, each recomputed: only a leaf can collect what they say of it. */
    private static Tensor part(Tensor states, Tensor weight, boolean recompute) {
        Tensor result = Tensors.ones(4, 8);
        for (int i = 0; i < 3; i++) {
            result = recompute
                    ? Recompute.apply(t -> Functional.gelu(Functional.linear(t, weight, null)).mul(states), result)
                    : Functional.gelu(Functional.linear(result, weight, null)).mul(states);
        }
        return result;
    }

    private static float[][] gradients(boolean boundary, Tensor input, Tensor weight) {
        Tensor own = input.copy().setRequiresGrad(true);
        Tensor trained = weight.copy().setRequiresGrad(true);
        Tensor states = own.mul(own);
        Tensor output = boundary
                ? GraphBoundary.apply(in -> new Tensor[] {part(in[0], trained, true)}, states)[0]
                : part(states, trained, false);
        Backward.run(output.mul(output).sum());
        return new float[][] {own.grad().toFloats(), trained.grad().toFloats()};
    }

    @Test
    void statesThatRecomputedLayersReadGetTheirGradient() {
        Tensor input = Tensors.randn(4, 8);
        Tensor weight = Tensors.randn(8, 8);
        assertThat(gradients(true, input, weight)).isDeepEqualTo(gradients(false, input, weight));
    }

    @Test
    void severalOutputsConstantsAndMissingInputsAreAllowed() {
        Tensor a = Tensors.randn(3).setRequiresGrad(true);
        Tensor constant = Tensors.randn(3);
        Tensor[] out = GraphBoundary.apply(in -> {
            assertThat(in[2]).isNull();
            assertThat(in[1].requiresGrad()).isFalse();
            return new Tensor[] {in[0].mul(in[1]), in[1].exp()};
        }, a, constant, null);
        assertThat(out[1].toFloats()).isEqualTo(constant.exp().toFloats());
        Backward.run(out[0].sum());
        assertThat(a.grad().toFloats()).isEqualTo(constant.toFloats());
    }

    @Test
    void nothingIsRecordedWithoutGradients() {
        Tensor weight = Tensors.randn(3).setRequiresGrad(true);
        try (GradMode off = GradMode.disabled()) {
            Tensor output = GraphBoundary.apply(in -> new Tensor[] {in[0].mul(weight)}, Tensors.ones(3))[0];
            assertThat(output.requiresGrad()).isFalse();
        }
    }

    @Test
    void aGraphThatNobodyRunsBackIsReleased() {
        Tensor weight = Tensors.randn(64, 64).setRequiresGrad(true);
        Tensor input = Tensors.randn(64, 64).setRequiresGrad(true);
        try (MemoryLedger ledger = MemoryLedger.open()) {
            try (TensorScope scope = TensorScope.open()) {
                GraphBoundary.apply(
                        in -> new Tensor[] {Functional.gelu(Functional.linear(in[0], weight, null))}, input);
                assertThat(ledger.liveBytes()).isPositive();
            }
            assertThat(ledger.liveBytes()).isZero();
        }
    }
}
