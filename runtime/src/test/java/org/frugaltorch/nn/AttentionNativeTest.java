package org.frugaltorch.nn;

import static org.assertj.core.api.Assertions.assertThat;

import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention against libtorch's own, which is differentiated by libtorch; 16 bits against float32 of the same numbers. */
@ExtendWith(LiveHandles.class)
class AttentionNativeTest {
    private static final double BFLOAT16_ROUNDING = 1.0 / 128;

    @BeforeEach
    void seed() {
        Engine.seed(11);
    }

    private static Tensor leaf(DType type, long... shape) {
        return Tensors.randn(shape).to(type).setRequiresGrad(true);
    }

    private static Tensor wideCopy(Tensor leaf) {
        return leaf.detach().to(DType.FLOAT32).copy().setRequiresGrad(true);
    }

    private static void assertClose(Tensor actual, Tensor expected, double tolerance) {
        double scale = expected.abs().amax().item();
        assertThat(scale).isPositive();
        assertThat(actual.to(DType.FLOAT32).sub(expected).abs().amax().item() / scale).isLessThanOrEqualTo(tolerance);
    }

    /** For a mask without a batch, no dimension is one of sequences; a mask that learns gets its gradient. */
    @Test
    void masksOfAnyShape() {
        Tensor query = leaf(DType.BFLOAT16, 1, 2, 5, 64);
        Tensor key = leaf(DType.BFLOAT16, 1, 2, 5, 64);
        Tensor value = leaf(DType.BFLOAT16, 1, 2, 5, 64);
        Tensor mask = Tensors.randn(5, 5).mul(3).to(DType.BFLOAT16).detach();
        Tensor expected = Functional.attention(query.to(DType.FLOAT32), key.to(DType.FLOAT32), value.to(DType.FLOAT32),
                mask.to(DType.FLOAT32), 0, false);
        assertClose(Attention.forward(query, key, value, mask, 0, false).detach(), expected.detach(), 2 * BFLOAT16_ROUNDING);
        Tensor learnt = Tensors.randn(5, 5).setRequiresGrad(true);
        Tensor wide = leaf(DType.FLOAT32, 1, 2, 5, 64);
        Backward.run(Attention.forward(wide, wide, wide, learnt, 0, false).mul(wide.detach()).sum());
        assertThat(learnt.grad().abs().amax().item()).isPositive();
    }

    /** As a query's group shares a head, so that the kernels for equal numbers of heads give the same. */
    @Test
    void repeatedHeadsAreTheSharedOnes() {
        Tensor query = leaf(DType.FLOAT64, 2, 6, 5, 8);
        Tensor key = leaf(DType.FLOAT64, 2, 2, 7, 8);
        Tensor value = leaf(DType.FLOAT64, 2, 2, 7, 8);
        Tensor shared = Functional.attention(query, key, value, null, 0, false);
        Tensor repeated = Functional.attention(
                query, Attention.repeated(key, 6), Attention.repeated(value, 6), null, 0, false);
        assertThat(repeated.shape()).containsExactly(2, 6, 5, 8);
        assertClose(repeated.detach().to(DType.FLOAT32), shared.detach().to(DType.FLOAT32), 1e-6);
        Backward.run(shared.mul(shared).sum());
        Tensor keyGradient = key.grad().copy();
        Tensor valueGradient = value.grad().copy();
        key.clearGrad();
        value.clearGrad();
        Backward.run(repeated.mul(repeated).sum());
        assertClose(key.grad().to(DType.FLOAT32), keyGradient.to(DType.FLOAT32), 1e-6);
        assertClose(value.grad().to(DType.FLOAT32), valueGradient.to(DType.FLOAT32), 1e-6);
    }

    /** The long sequences are widened one at a time. */
    @ParameterizedTest
    @CsvSource({
        "BFLOAT16, 2, 4, 4, 5, 5, none, true", "BFLOAT16, 2, 4, 2, 5, 5, none, true", "BFLOAT16, 3, 4, 1, 3, 7, whole, false",
        "FLOAT16, 3, 4, 4, 3, 7, shared, false", "BFLOAT16, 2, 4, 2, 1, 9, none, false",
        "BFLOAT16, 3, 4, 2, 4097, 33, none, false", "FLOAT32, 3, 4, 2, 37, 53, whole, false",
        "FLOAT32, 2, 4, 4, 300, 300, none, true"
    })
    void outputAndGradientsAreThoseOfFloat32(
            DType type, long batch, long heads, long keyHeads, long queries, long keys, String masked, boolean causal) {
        Tensor query = leaf(type, batch, heads, queries, 64);
        Tensor key = leaf(type, batch, keyHeads, keys, 64);
        Tensor value = leaf(type, batch, keyHeads, keys, 64);
        Tensor mask = switch (masked) {
            case "none" -> null;
            case "whole" -> Tensors.randn(batch, 1, queries, keys).to(type);
            default -> Tensors.randn(1, 1, queries, keys).to(type);
        };
        Tensor[] copies = {wideCopy(query), wideCopy(key), wideCopy(value)};
        Tensor output = Attention.forward(query, key, value, mask, 0, causal);
        Tensor expected = Functional.attention(copies[0], copies[1], copies[2],
                mask == null ? null : mask.to(DType.FLOAT32), 0, causal);
        assertThat(output.dtype()).isEqualTo(type);
        double tolerance = type == DType.FLOAT32 ? 1e-6 : 2 * BFLOAT16_ROUNDING;
        assertClose(output.detach(), expected.detach(), tolerance);
        Tensor weights = Tensors.randn(output.shape());
        Backward.run(output.to(DType.FLOAT32).mul(weights).sum());
        Backward.run(expected.mul(weights).sum());
        assertClose(query.grad(), copies[0].grad(), tolerance);
        assertClose(key.grad(), copies[1].grad(), tolerance);
        assertClose(value.grad(), copies[2].grad(), tolerance);
    }

    @Test
    void keepsSixteenBitsAndARowsNumber() {
        try (MemoryLedger ledger = MemoryLedger.open()) {
            long batch = 2;
            long heads = 4;
            long tokens = 50;
            Tensor query = leaf(DType.BFLOAT16, batch, heads, tokens, 64);
            Tensor key = leaf(DType.BFLOAT16, batch, 2, tokens, 64);
            Tensor value = leaf(DType.BFLOAT16, batch, 2, tokens, 64);
            long before = ledger.liveBytes();
            Tensor output;
            try (TensorScope scope = TensorScope.open()) {
                output = scope.promote(Attention.forward(query, key, value, null, 0, true));
            }
            assertThat(ledger.liveBytes() - before)
                    .isEqualTo(output.byteSize() + batch * heads * tokens * DType.FLOAT32.byteSize());
        }
    }
}
