package org.frugaltorch.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Comparisons, reductions, shapes and indices: values that can be seen by eye. */
@ExtendWith(LiveHandles.class)
class OperatorFamiliesNativeTest {
    private static final float NAN = Float.NaN;
    private Tensor matrix;

    @BeforeEach
    void makeMatrix() {
        matrix = Tensors.of(new float[] {3, -1, 4, 1, -5, 9}, 2, 3);
    }

    private static void assertMask(Tensor mask, int... expected) {
        assertThat(mask.dtype()).isEqualTo(DType.BOOL);
        assertThat(mask.toInts()).containsExactly(expected);
    }

    // ---- comparisons ------------------------------------------------------------------------------------------------

    @Test
    void compares() {
        Tensor a = Tensors.of(new float[] {1, 2, 3, NAN});
        Tensor b = Tensors.of(new float[] {2, 2, 2, NAN});
        assertMask(a.eq(b), 0, 1, 0, 0);
        assertMask(a.ne(b), 1, 0, 1, 1);
        assertMask(a.lt(b), 1, 0, 0, 0);
        assertMask(a.le(b), 1, 1, 0, 0);
        assertMask(a.gt(b), 0, 0, 1, 0);
        assertMask(a.ge(b), 0, 1, 1, 0);
        assertMask(a.eq(2), 0, 1, 0, 0);
        assertMask(a.ne(2), 1, 0, 1, 1);
    }

    @Test
    void comparesWithNumbersThatTheTypeDoesNotHave() {
        Tensor whole = Tensors.of(new long[] {0, 2, (1L << 53) + 1});
        assertMask(whole.eq(0.5), 0, 0, 0);
        assertMask(whole.ne(0.5), 1, 1, 1);
        assertMask(whole.eq(1L << 53), 0, 0, 0);
        assertMask(Tensors.of(new byte[] {(byte) 156, 44}).eq(-100), 0, 0);
        assertMask(Tensors.of(new byte[] {44}).eq(300), 0);
        assertMask(Tensors.of(new boolean[] {true, false}).eq(1), 1, 0);
        assertMask(Tensors.scalar(0.1).eq(0.1), 1);
        assertMask(Tensors.of(new float[] {0.1f}).eq(0.1), 1);
    }

    @Test
    void combinesMasks() {
        Tensor a = Tensors.of(new boolean[] {true, true, false, false});
        Tensor b = Tensors.of(new boolean[] {true, false, true, false});
        assertMask(a.and(b), 1, 0, 0, 0);
        assertMask(a.or(b), 1, 1, 1, 0);
        assertMask(a.not(), 0, 0, 1, 1);
        assertMask(a.any(), 1);
        assertMask(a.all(), 0);
        assertMask(a.or(a.not()).all(), 1);
        assertMask(Tensors.of(new float[] {1, NAN, Float.NEGATIVE_INFINITY}).isFinite(), 1, 0, 0);
        assertThat(a.choose(Tensors.of(new long[] {1, 2, 3, 4}), Tensors.of(new long[] {5, 6, 7, 8})).toLongs())
                .containsExactly(1, 2, 7, 8);
        assertThat(matrix.maskedFill(matrix.lt(0), 7).toFloats()).containsExactly(3, 7, 4, 1, 7, 9);
    }

    // ---- reductions ---------------------------------------------------------------------------------------------------

    @Test
    void reduces() {
        assertThat(matrix.sum().item()).isEqualTo(11);
        assertThat(matrix.sum(0, false).toFloats()).containsExactly(4, -6, 13);
        assertThat(matrix.sum(-1, true).shape()).containsExactly(2, 1);
        assertThat(matrix.mean().item()).isCloseTo(11 / 6.0, within(1e-6));
        assertThat(matrix.mean(1, false).toFloats()).containsExactly(2f, 5 / 3f);
        assertThat(matrix.amax().item()).isEqualTo(9);
        assertThat(matrix.amin().item()).isEqualTo(-5);
        assertThat(matrix.aminmax()).extracting(Tensor::item).containsExactly(-5.0, 9.0);
        assertThat(matrix.amax(0, false).toFloats()).containsExactly(3, -1, 9);
        assertThat(matrix.argmax(1).toLongs()).containsExactly(2, 2);
        assertThat(matrix.cumsum(1).toFloats()).containsExactly(3, 2, 6, 1, -4, 5);
        assertThat(matrix.norm().item()).isCloseTo(Math.sqrt(133), within(1e-5));
        assertThat(matrix.transpose(0, 1).norm().item()).isCloseTo(Math.sqrt(133), within(1e-5));
        assertThat(Tensors.scalar(-3).norm().item()).isEqualTo(3);
        assertThat(matrix.norm().rank()).isZero();
    }

    @Test
    void ordersElements() {
        Tensor[] top = matrix.topk(2, 1);
        assertThat(top[0].toFloats()).containsExactly(4, 3, 9, 1);
        assertThat(top[1].toLongs()).containsExactly(2, 0, 2, 0);
        Tensor[] sorted = matrix.sort(1, false);
        assertThat(sorted[0].toFloats()).containsExactly(-1, 3, 4, -5, 1, 9);
        assertThat(sorted[1].toLongs()).containsExactly(1, 0, 2, 1, 0, 2);
    }

    // ---- shapes -----------------------------------------------------------------------------------------------------------

    @Test
    void viewsShareMemory() {
        Tensor turned = matrix.transpose(0, 1);
        assertThat(turned.shape()).containsExactly(3, 2);
        assertThat(turned.strides()).containsExactly(1, 3);
        assertThat(turned.isContiguous()).isFalse();
        assertThat(turned.contiguous().toFloats()).containsExactly(3, 1, -1, -5, 4, 9);
        matrix.select(0, 1).fillInPlace(7);
        assertThat(turned.toFloats()).containsExactly(3, 7, -1, 7, 4, 7);
        assertThat(matrix.view(3, 2).select(1, 0).toFloats()).containsExactly(3, 4, 7);
        assertThat(matrix.narrow(1, 1, 2).toFloats()).containsExactly(-1, 4, 7, 7);
        assertThat(matrix.detach().dataAddress()).isEqualTo(matrix.dataAddress());
        assertThat(matrix.alias().dataAddress()).isEqualTo(matrix.dataAddress());
        assertThat(matrix.copy().dataAddress()).isNotEqualTo(matrix.dataAddress());
    }

    @Test
    void changesShapes() {
        assertThat(matrix.unsqueeze(-1).shape()).containsExactly(2, 3, 1);
        assertThat(matrix.unsqueeze(0).squeeze(0).shape()).containsExactly(2, 3);
        assertThat(matrix.reshape(-1).shape()).containsExactly(6);
        assertThat(matrix.permute(1, 0).shape()).containsExactly(3, 2);
        assertThat(matrix.unsqueeze(0).expand(4, -1, -1).shape()).containsExactly(4, 2, 3);
        Tensor[] parts = matrix.split(1, 1, 2);
        assertThat(parts).hasSize(2);
        assertThat(parts[0].toFloats()).containsExactly(3, 1);
        assertThat(parts[1].toFloats()).containsExactly(-1, 4, -5, 9);
        assertThat(Tensors.cat(0, matrix, matrix).shape()).containsExactly(4, 3);
        assertThat(Tensors.stack(2, matrix, matrix).shape()).containsExactly(2, 3, 2);
    }

    // ---- indices --------------------------------------------------------------------------------------------------------

    @Test
    void picksByIndex() {
        assertThat(matrix.indexSelect(1, Tensors.of(new long[] {2, 0})).toFloats()).containsExactly(4, 3, 9, 1);
        assertThat(matrix.gather(1, Tensors.of(new long[] {2, 1}, 2, 1)).toFloats()).containsExactly(4, -5);
        assertThat(matrix.scatter(1, Tensors.of(new long[] {0, 2}, 2, 1), Tensors.of(new float[] {50, 60}, 2, 1)).toFloats())
                .containsExactly(50, -1, 4, 1, -5, 60);
        assertThat(matrix.maskedSelect(matrix.gt(2)).toFloats()).containsExactly(3, 4, 9);
        assertThat(matrix.tril(0).toFloats()).containsExactly(3, 0, 0, 1, -5, 0);
        assertThat(matrix.triu(1).toFloats()).containsExactly(0, -1, 4, 0, 0, 9);
    }
}
