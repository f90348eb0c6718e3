package org.frugaltorch.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import org.frugaltorch.bindings.LibtorchFeature;
import org.frugaltorch.bindings.OutOfTorchMemoryException;
import org.frugaltorch.testing.Garbage;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(LiveHandles.class)
class TensorsNativeTest {

    @Test
    void copiesJavaArrays() {
        float[] floats = {1.5f, -2, 3};
        Tensor tensor = Tensors.of(floats);
        floats[0] = 9;
        assertThat(tensor.toFloats()).containsExactly(1.5f, -2, 3);
        assertThat(tensor.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(Tensors.of(new double[] {0.1}).toDoubles()).containsExactly(0.1);
        assertThat(Tensors.of(new long[] {Long.MIN_VALUE, 1}).toLongs()).containsExactly(Long.MIN_VALUE, 1);
        assertThat(Tensors.of(new int[] {-7}).toInts()).containsExactly(-7);
        assertThat(Tensors.of(new byte[] {-1}).toInts()).containsExactly(255);
        assertThat(Tensors.of(new byte[] {-1}).toBytes()).containsExactly(-1);
        assertThat(Tensors.of(new boolean[] {true, false}).toBytes()).containsExactly(1, 0);
        assertThat(Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).shape()).containsExactly(2, 3);
        assertThat(Tensors.of(new float[0]).elementCount()).isZero();
    }

    @Test
    void valuesMustFillTheShape() {
        assertThatThrownBy(() -> Tensors.of(new float[5], 2, 3)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("5 values do not fill a tensor of shape [2, 3]");
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeKeepsSmallWholeNumbers(DType type) {
        Tensor tensor = Tensors.of(new float[] {0, 1, 1, 0}, 2, 2).to(type);
        assertThat(tensor.dtype()).isEqualTo(type);
        assertThat(tensor.byteSize()).isEqualTo(4L * type.byteSize());
        assertThat(tensor.to(DType.FLOAT32).toFloats()).containsExactly(0, 1, 1, 0);
        Tensor empty = Tensors.empty(type, Device.CPU, 3, 2);
        assertThat(empty.dtype()).isEqualTo(type);
        assertThat(empty.shape()).containsExactly(3, 2);
        assertThat(Tensors.zeros(type, Device.CPU, 3).to(DType.INT32).toInts()).containsExactly(0, 0, 0);
        assertThat(Tensors.full(1, type, Device.CPU).to(DType.FLOAT64).item()).isEqualTo(1);
    }

    /** bfloat16 is the upper half of a float: every pattern must come back as that float, NaN as NaN. */
    @Test
    void everyBfloat16RoundTrips() {
        try (Arena arena = Arena.ofConfined()) {
            int count = 1 << 16;
            MemorySegment bits = arena.allocate(JAVA_SHORT, count);
            for (int i = 0; i < count; i++) {
                bits.setAtIndex(JAVA_SHORT, i, (short) i);
            }
            Tensor tensor = Tensors.copyOf(bits, DType.BFLOAT16, count);
            float[] floats = tensor.toFloats();
            for (int i = 0; i < count; i++) {
                assertThat((Float) floats[i]).isEqualTo((Float) Float.intBitsToFloat(i << 16));
            }
            Tensor numbers = tensor.maskedSelect(tensor.eq(tensor));
            Tensor back = numbers.to(DType.FLOAT32).to(DType.BFLOAT16);
            assertThat(back.segment().toArray(JAVA_SHORT)).isEqualTo(numbers.segment().toArray(JAVA_SHORT));
        }
    }

    @Test
    void bfloat16RoundsHalfToEven() {
        // Eight bits of precision: 1 + 1/256 lies half-way between 1 and 1 + 1/128, 1 + 3/256 between that and 1 + 1/64.
        assertThat(Tensors.of(new float[] {1 + 1 / 256f, 1 + 3 / 256f, 3e38f}).to(DType.BFLOAT16).toFloats())
                .containsExactly(1, 1 + 1 / 64f, 0x1.c4p127f);
    }

    @Test
    void constantsAndRanges() {
        assertThat(Tensors.zeros(2, 2).toFloats()).containsExactly(0, 0, 0, 0);
        assertThat(Tensors.ones(3).toFloats()).containsExactly(1, 1, 1);
        assertThat(Tensors.full(-2.5, DType.FLOAT64, Device.CPU, 2).toDoubles()).containsExactly(-2.5, -2.5);
        assertThat(Tensors.scalar(4).rank()).isZero();
        assertThat(Tensors.scalar(4).item()).isEqualTo(4);
        assertThat(Tensors.range(4).toLongs()).containsExactly(0, 1, 2, 3);
        assertThat(Tensors.range(0).elementCount()).isZero();
        Tensor like = Tensors.zerosLike(Tensors.of(new long[] {1, 2}));
        assertThat(like.toLongs()).containsExactly(0, 0);
        assertThat(Tensors.emptyLike(like).dtype()).isEqualTo(DType.INT64);
        assertThat(Tensors.rand(3, 2).shape()).containsExactly(3, 2);
        assertThat(Tensors.randn(0).elementCount()).isZero();
    }

    @Test
    void describesItself() {
        Tensor tensor = Tensors.zeros(2, 3, 4);
        assertThat(tensor.rank()).isEqualTo(3);
        assertThat(tensor.elementCount()).isEqualTo(24);
        assertThat(tensor.size(-1)).isEqualTo(4);
        assertThat(tensor.strides()).containsExactly(12, 4, 1);
        assertThat(tensor.byteSize()).isEqualTo(96);
        assertThat(tensor.device()).isEqualTo(Device.CPU);
        assertThat(tensor.isContiguous()).isTrue();
        assertThat(Tensors.scalar(1).shape()).isEmpty();
        assertThat(Tensors.scalar(1).strides()).isEmpty();
        assertThatThrownBy(() -> tensor.size(3)).hasMessageContaining("Dimension out of range");
    }

    // ---- memory ---------------------------------------------------------------------------------------------------------

    @Test
    void theSegmentIsTheTensorsOwnMemory() {
        Tensor tensor = Tensors.of(new float[] {1, 2, 3, 4}, 2, 2);
        MemorySegment memory = tensor.segment();
        assertThat(memory.byteSize()).isEqualTo(16);
        assertThat(memory.address()).isEqualTo(tensor.dataAddress());
        memory.setAtIndex(JAVA_FLOAT, 2, 30);
        assertThat(tensor.toFloats()).containsExactly(1, 2, 30, 4);
        tensor.fillInPlace(5);
        assertThat(memory.getAtIndex(JAVA_FLOAT, 0)).isEqualTo(5);
        assertThat(tensor.narrow(0, 1, 1).segment().address()).isEqualTo(memory.address() + 8);
    }

    @Test
    void gapsHaveNoSegment() {
        Tensor turned = Tensors.zeros(2, 3).transpose(0, 1);
        assertThatThrownBy(turned::segment).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("contiguous()");
    }

    @Test
    void copyFromChecksTheLength() {
        Tensor tensor = Tensors.zeros(2);
        tensor.copyFrom(MemorySegment.ofArray(new float[] {4, 5}));
        assertThat(tensor.toFloats()).containsExactly(4, 5);
        assertThatThrownBy(() -> tensor.copyFrom(MemorySegment.ofArray(new float[3])))
                .hasMessage("The tensor holds 8 bytes, but 12 were given");
    }

    @Test
    void itemNeedsOneElement() {
        assertThat(Tensors.of(new long[] {7}).itemLong()).isEqualTo(7);
        assertThatThrownBy(() -> Tensors.zeros(2).item()).isInstanceOf(IllegalStateException.class)
                .hasMessage("item() needs a tensor of one element, this one has 2");
    }

    @Test
    void wrapsForeignMemoryWithoutACopy() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocateFrom(JAVA_FLOAT, 1, 2, 3, 4);
            try (Tensor tensor = Tensors.wrap(memory, DType.FLOAT32, arena, 2, 2)) {
                assertThat(tensor.dataAddress()).isEqualTo(memory.address());
                tensor.mulInPlace(2);
                assertThat(memory.toArray(JAVA_FLOAT)).containsExactly(2, 4, 6, 8);
            }
        }
    }

    @Test
    void wrapRefusesWhatItCannotPointTo() {
        assertThatThrownBy(() -> Tensors.wrap(MemorySegment.ofArray(new float[4]), DType.FLOAT32, this, 4))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("on the Java heap");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment small = arena.allocate(JAVA_BYTE, 15);
            assertThatThrownBy(() -> Tensors.wrap(small, DType.FLOAT32, this, 4))
                    .hasMessage("A tensor of 16 bytes needs native memory of that size, got 15 bytes");
        }
    }

    @Test
    void theOwnerOfWrappedMemoryLivesAsLongAsTheLastViewAndNoLonger() {
        assumeTrue(LibtorchFeature.FROM_BLOB_DELETER.isAvailable(), "this libtorch does not tell when memory is free");
        Tensor view = viewOfOwnedMemory();
        WeakReference<Object> owner = lastOwner;
        Garbage.collect();
        assertThat(owner.get()).as("the owner while a view is open").isNotNull();
        assertThat(view.toFloats()).containsExactly(2, 3);
        view.close();
        assertThat(Garbage.collects(owner)).as("the owner is released with the last view").isTrue();
    }

    private WeakReference<Object> lastOwner;

    private Tensor viewOfOwnedMemory() {
        Arena arena = Arena.ofAuto();
        lastOwner = new WeakReference<>(arena);
        try (Tensor whole = Tensors.wrap(arena.allocateFrom(JAVA_FLOAT, 1, 2, 3), DType.FLOAT32, arena, 3)) {
            return whole.narrow(0, 1, 2);
        }
    }

    @Test
    void tooMuchMemoryIsAnErrorOfItsOwn() {
        assertThatThrownBy(() -> Tensors.empty(DType.UINT8, Device.CPU, 1L << 50))
                .isInstanceOf(OutOfTorchMemoryException.class).hasMessageContaining("smaller batch");
    }
}
