package org.frugaltorch.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.frugaltorch.bindings.BlasThreads;
import org.frugaltorch.engine.Engine.MatmulPrecision;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(LiveHandles.class)
class EngineNativeTest {

    private static float[] draw() {
        Tensor dropped = Functional.dropout(Tensors.rand(50).add(Tensors.randn(50)), 0.5);
        return dropped.add(Tensors.zeros(50).normalInPlace(0, 1)).add(Tensors.zeros(50).uniformInPlace(0, 1)).toFloats();
    }

    @Test
    void theSameSeedDrawsTheSame() {
        Engine.seed(1234);
        assertThat(Engine.currentSeed()).isEqualTo(1234);
        float[] first = draw();
        float[] second = draw();
        Engine.seed(1234);
        assertThat(draw()).isEqualTo(first);
        assertThat(second).isNotEqualTo(first);
        Engine.seed(1235);
        assertThat(draw()).isNotEqualTo(first);
    }

    /** libtorch would throw, and an exception of C++ ends the process. */
    @Test
    void aStateThatIsNoneIsRefused() {
        Tensor zeros = Tensors.zerosLike(Engine.randomState());
        assertThatThrownBy(() -> Engine.setRandomState(zeros)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no state of the random generator");
        Engine.setRandomState(Engine.randomState());
    }

    @Test
    void setsThreads() {
        int before = Engine.threads();
        try {
            Engine.setThreads(1);
            assertThat(Engine.threads()).isEqualTo(1);
            assertThat(BlasThreads.count().orElse(1)).isEqualTo(1);
            Engine.setThreads(2);
            assertThat(Engine.threads()).isEqualTo(2);
            assertThat(BlasThreads.count().orElse(2)).isEqualTo(2);
            try (BlasThreads one = BlasThreads.single()) {
                Engine.setThreads(2);
                assertThat(BlasThreads.count().orElse(1)).isEqualTo(1);
            }
            assertThat(BlasThreads.count().orElse(2)).isEqualTo(2);
        } finally {
            Engine.setThreads(before);
        }
        assertThatThrownBy(() -> Engine.setThreads(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The number of threads must be at least 1, got 0");
    }

    /** The error that bfloat16 inside leaves is at most about 2^-8 of the largest product. */
    @ParameterizedTest
    @EnumSource
    void matricesMultiplyAtEveryPrecision(MatmulPrecision precision) {
        try {
            Engine.seed(1);
            Tensor a = Tensors.rand(64, 64);
            Tensor b = Tensors.rand(64, 64);
            Tensor exact = a.to(DType.FLOAT64).matmul(b.to(DType.FLOAT64));
            Engine.setMatmulPrecision(precision);
            double error = a.matmul(b).sub(exact).abs().amax().item() / exact.amax().item();
            assertThat(error).isLessThan(precision == MatmulPrecision.HIGHEST ? 1e-6 : 1 / 256.0);
        } finally {
            Engine.setMatmulPrecision(MatmulPrecision.HIGHEST);
        }
    }
}
