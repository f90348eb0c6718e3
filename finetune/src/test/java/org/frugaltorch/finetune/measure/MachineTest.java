package org.frugaltorch.finetune.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.frugaltorch.engine.Engine.MatmulPrecision;
import org.frugaltorch.tensor.Device;
import org.junit.jupiter.api.Test;

class MachineTest {
    private static Machine with(String... features) {
        return new Machine("Linux", "Fast One", List.of(features), 2, 8L << 30);
    }

    @Test
    void digitsAreLeftOutWhereThatIsFaster() {
        Machine plain = with("avx2", "avx512f", "avx512_bf16");
        Machine matrices = with("avx2", "avx512f", "avx512_bf16", "amx_tile", "amx_bf16");
        for (MatmulPrecision allowed : MatmulPrecision.values()) {
            assertThat(plain.precision(allowed, Device.CPU)).isEqualTo(MatmulPrecision.HIGHEST);
            assertThat(matrices.precision(allowed, Device.CPU)).isEqualTo(allowed);
            assertThat(plain.precision(allowed, Device.parse("cuda"))).isEqualTo(allowed);
        }
    }
}
