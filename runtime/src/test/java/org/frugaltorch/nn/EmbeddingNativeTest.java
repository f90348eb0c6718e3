package org.frugaltorch.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.UnaryOperator;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Beside libtorch's own differentiation of the same lookup. */
@ExtendWith(LiveHandles.class)
class EmbeddingNativeTest {
    private static final int WORDS = 2_000;
    private static final int WIDTH = 16;

    /** Repeated words, the first and the last. */
    private static final long[] INDICES = {3, 0, 3, 1_999, 3, 7};

    private static Tensor rows(Tensor table) {
        return Embedding.rows(table, INDICES, 2, 3);
    }

    private static Tensor libtorchs(Tensor table) {
        return Functional.embedding(table, Tensors.of(INDICES, 2, 3));
    }

    private static Tensor table(DType type) {
        Engine.seed(5);
        return Tensors.randn(WORDS, WIDTH).to(type).setRequiresGrad(true);
    }

    private static Tensor weights(DType type) {
        return Tensors.range(6L * WIDTH).to(DType.FLOAT32).sin().view(2, 3, WIDTH).to(type);
    }

    /** The gradients of a table after the passes of losses made of its rows. */
    private static double[] gradient(DType type, UnaryOperator<Tensor> lookup, boolean tied, int passes) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor table = table(type);
            for (int pass = 0; pass < passes; pass++) {
                Tensor states = lookup.apply(table).mul(weights(type)); // [2, 3, H]
                Tensor scores = tied ? states.matmul(table.transpose(0, 1)).mul(0.01) : states;
                Backward.run(scores.mul(scores).sum());
            }
            return table.grad().toDoubles();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void gradientsAreLibtorchs(DType type) {
        double tolerance = type == DType.FLOAT64 ? 1e-12 : 1e-4;
        for (boolean tied : List.of(false, true)) {
            for (int passes = 1; passes <= 3; passes++) {
                double[] expected = gradient(type, EmbeddingNativeTest::libtorchs, tied, passes);
                assertThat(gradient(type, EmbeddingNativeTest::rows, tied, passes)).as("tied %s, %d passes", tied, passes)
                        .containsExactly(expected, within(tolerance));
            }
        }
    }

    @Test
    void rowsAreThoseOfTheTable() {
        Tensor table = table(DType.FLOAT32);
        Tensor rows = rows(table);
        assertThat(rows.shape()).containsExactly(2, 3, WIDTH);
        assertThat(rows.requiresGrad()).isTrue();
        assertThat(rows.toFloats()).isEqualTo(libtorchs(table).toFloats());
        try (GradMode off = GradMode.disabled()) {
            assertThat(rows(table).requiresGrad()).isFalse();
        }
        Tensor frozen = table.detach();
        assertThat(rows(frozen).requiresGrad()).isFalse();
    }

    /** A second pass, or a head that shares the table, needs no room for another gradient of the table's size. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void aKnownGradientIsAddedToInPlace(DType type) {
        try (MemoryLedger ledger = MemoryLedger.open();
                TensorScope scope = TensorScope.open()) {
            Tensor table = table(type);
            for (int pass = 0; pass < 2; pass++) {
                ledger.resetPeaks();
                long before = ledger.liveBytes();
                Backward.run(rows(table).sum());
                long room = ledger.peakBytes() - before;
                if (pass == 0) {
                    assertThat(room).isGreaterThanOrEqualTo(table.byteSize());
                } else {
                    assertThat(room).isLessThan(table.byteSize() / 4);
                }
            }
        }
    }
}
