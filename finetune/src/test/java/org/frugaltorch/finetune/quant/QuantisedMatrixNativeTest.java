package org.frugaltorch.finetune.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.io.SafetensorsWriter;
import org.frugaltorch.nn.StoredTensors;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Four-bit quantisation against the golden vectors, bit for bit. */
class QuantisedMatrixNativeTest {
    private static final String SAVED_WEIGHT = "model.layers.0.mlp.down_proj.weight";

    @Test
    void codeBooksAreThePublishedOnes() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("quantisation")) {
            assertThat(FourBitFormat.NF4.codeBook()).isEqualTo(golden.tensor("code.nf4").toFloats());
            assertThat(FourBitFormat.FP4.codeBook()).isEqualTo(golden.tensor("code.fp4").toFloats());
            assertThat(DynamicCodeBook.values()).isEqualTo(golden.tensor("code.dynamic").toFloats());
        }
    }

    @ParameterizedTest
    @CsvSource({"small, NF4", "small, FP4", "large, NF4"})
    void equalsTheDefinition(String size, FourBitFormat format) {
        String prefix = size + "." + format.checkpointName() + ".";
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("quantisation")) {
            QuantisedMatrix matrix = QuantisedMatrix.quantise(golden.tensor(size + ".input"), format, false);
            assertThat(matrix.packed().toBytes()).isEqualTo(golden.tensor(prefix + "packed").toBytes());
            assertThat(matrix.scales().toFloats()).isEqualTo(golden.tensor(prefix + "absmax").toFloats());
            assertThat(matrix.dequantise(DType.FLOAT32).toFloats())
                    .isEqualTo(golden.tensor(prefix + "dequantised").toFloats());
        }
    }

    @ParameterizedTest
    @CsvSource({"small, NF4", "small, FP4", "large, NF4"})
    void doubleQuantisationEqualsTheDefinition(String size, FourBitFormat format) {
        String prefix = size + "." + format.checkpointName() + ".nested.";
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("quantisation")) {
            QuantisedMatrix matrix = QuantisedMatrix.quantise(golden.tensor(size + ".input"), format, true);
            BlockScales.Nested scales = (BlockScales.Nested) matrix.scales();
            assertThat(scales.codes().toBytes()).isEqualTo(golden.tensor(prefix + "absmax").toBytes());
            assertThat(scales.absmax().toFloats()).isEqualTo(golden.tensor(prefix + "nested_absmax").toFloats());
            assertThat(scales.offset()).isEqualTo((float) golden.tensor(prefix + "offset").item());
            assertThat(scales.toFloats()).isEqualTo(golden.tensor(prefix + "restored_absmax").toFloats());
            assertThat(matrix.dequantise(DType.FLOAT32).toFloats())
                    .isEqualTo(golden.tensor(prefix + "dequantised").toFloats());
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT16", "BFLOAT16", "FLOAT32"})
    void javaAndOperatorsAgreeInEveryTypeAndPlace(DType type) {
        try (TensorScope scope = TensorScope.open()) {
            for (long columns : new long[] {1, 63, 64, 129, 4099}) {
                Tensor input = Tensors.randn(37, columns).to(type);
                for (FourBitFormat format : FourBitFormat.values()) {
                    QuantisedMatrix matrix = QuantisedMatrix.quantise(input, format, columns > 64);
                    assertThat(matrix.dequantise(type).toFloats())
                            .isEqualTo(matrix.dequantiseByOperators(type).toFloats());
                    if (matrix.scales() instanceof BlockScales.Nested nested) {
                        assertThat(nested.byOperators().toFloats()).isEqualTo(nested.toFloats());
                    }
                }
            }
        }
    }

    @Test
    void operatorsRestoreALargeMatrixPartByPart() {
        try (TensorScope scope = TensorScope.open()) {
            QuantisedMatrix matrix = QuantisedMatrix.quantise(Tensors.randn(1025, 4099), FourBitFormat.NF4, true);
            assertThat(matrix.dequantise(DType.BFLOAT16).sub(matrix.dequantiseByOperators(DType.BFLOAT16)).norm().item())
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(FourBitFormat.class)
    void everyNumberGetsTheNearestCode(FourBitFormat format) {
        Random random = new Random(7);
        float[] values = format.codeBook();
        for (int i = 0; i < 100_000; i++) {
            float scaled = random.nextFloat(-1, Math.nextUp(1f));
            float found = Math.abs(values[format.code(scaled)] - scaled);
            double nearest = nearest(values, scaled);
            assertThat((double) found).as("distance of %s", scaled).isLessThanOrEqualTo(nearest + 1e-7);
        }
        for (int code = 0; code < values.length; code++) {
            if (values[code] != 0) {
                assertThat(format.code(values[code])).isEqualTo(code);
            }
        }
    }

    private static double nearest(float[] values, float scaled) {
        double nearest = Double.POSITIVE_INFINITY;
        for (float value : values) {
            nearest = Math.min(nearest, Math.abs((double) value - scaled));
        }
        return nearest;
    }

    @Test
    void blockOfZerosStaysZero() {
        try (TensorScope scope = TensorScope.open()) {
            for (FourBitFormat format : FourBitFormat.values()) {
                float[] restored = QuantisedMatrix.quantise(Tensors.zeros(3, 50), format, true)
                        .dequantise(DType.FLOAT32).toFloats();
                assertThat(restored).containsOnly(0f);
            }
        }
    }

    @Test
    void refusesWhatIsNoNumber() {
        try (TensorScope scope = TensorScope.open()) {
            float[] values = new float[256];
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                values[200] = bad;
                Tensor matrix = Tensors.of(values, 4, 64);
                assertThatThrownBy(() -> QuantisedMatrix.quantise(matrix, FourBitFormat.NF4, true))
                        .hasMessageContaining("infinite or no number");
            }
            assertThatThrownBy(() -> QuantisedMatrix.quantise(Tensors.range(64).view(8, 8), FourBitFormat.NF4, true))
                    .hasMessageContaining("not int64");
        }
    }

    @Test
    void readsASavedCheckpoint() {
        Path file = Golden.directory("quantisation").resolve("checkpoint.safetensors");
        try (TensorScope scope = TensorScope.open();
                SafetensorsFile saved = SafetensorsFile.open(file);
                Golden golden = Golden.open("quantisation")) {
            QuantisedMatrix matrix = StoredQuantisation.read(saved, SAVED_WEIGHT, Device.CPU);
            assertThat(matrix.dequantise(DType.FLOAT32).toFloats())
                    .isEqualTo(golden.tensor("large.nf4.nested.dequantised").toFloats());
        }
    }

    @Test
    void writesTheTensorsThatWereRead(@TempDir Path directory) {
        Path original = Golden.directory("quantisation").resolve("checkpoint.safetensors");
        Path written = directory.resolve("model.safetensors");
        try (TensorScope scope = TensorScope.open();
                SafetensorsFile saved = SafetensorsFile.open(original);
                Golden golden = Golden.open("quantisation")) {
            QuantisedMatrix matrix = QuantisedMatrix.quantise(golden.tensor("large.input"), FourBitFormat.NF4, true);
            List<SafetensorsWriter.Tensor> tensors = new ArrayList<>();
            StoredQuantisation.tensors(SAVED_WEIGHT, matrix)
                    .forEach((name, tensor) -> tensors.add(StoredTensors.of(name, tensor)));
            SafetensorsWriter.write(written, tensors);
            try (SafetensorsFile again = SafetensorsFile.open(written)) {
                assertThat(again.names()).containsExactlyInAnyOrderElementsOf(saved.names());
                for (String name : saved.names()) {
                    assertThat(again.entry(name).dtype()).as(name).isEqualTo(saved.entry(name).dtype());
                    if (!name.contains("quant_state")) {
                        assertThat(again.entry(name).shape()).as(name).isEqualTo(saved.entry(name).shape());
                        assertThat(again.entry(name).data().mismatch(saved.entry(name).data())).as(name).isEqualTo(-1);
                    }
                }
                assertThat(StoredQuantisation.read(again, SAVED_WEIGHT, Device.CPU).dequantise(DType.FLOAT32).toFloats())
                        .isEqualTo(matrix.dequantise(DType.FLOAT32).toFloats());
            }
        }
    }

    @Test
    void saysWhatACheckpointLacks(@TempDir Path directory) {
        Path file = directory.resolve("model.safetensors");
        try (TensorScope scope = TensorScope.open()) {
            QuantisedMatrix matrix = QuantisedMatrix.quantise(Tensors.randn(4, 64), FourBitFormat.FP4, true);
            List<SafetensorsWriter.Tensor> tensors = new ArrayList<>();
            StoredQuantisation.tensors("w", matrix).forEach((name, tensor) -> {
                if (!name.equals("w.nested_absmax")) {
                    tensors.add(StoredTensors.of(name, tensor));
                }
            });
            SafetensorsWriter.write(file, tensors);
            try (SafetensorsFile damaged = SafetensorsFile.open(file)) {
                assertThat(StoredQuantisation.holds(damaged, "w")).isTrue();
                assertThat(StoredQuantisation.holds(damaged, "v")).isFalse();
                assertThatThrownBy(() -> StoredQuantisation.read(damaged, "w", Device.CPU))
                        .isInstanceOf(DataException.class).hasMessageContaining("lacks w.nested_absmax");
            }
        }
    }

    @Test
    void takesAQuarterOfHalfPrecision() {
        try (TensorScope scope = TensorScope.open()) {
            QuantisedMatrix matrix = QuantisedMatrix.quantise(Tensors.randn(512, 512), FourBitFormat.NF4, true);
            double bitsANumber = 8.0 * matrix.byteSize() / (512 * 512);
            assertThat(bitsANumber).isBetween(4.12, 4.17);
            assertThat(Arrays.stream(new long[] {matrix.packed().byteSize()}).sum()).isEqualTo(512 * 512 / 2);
        }
    }
}
