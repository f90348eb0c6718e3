package org.frugaltorch.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import org.frugaltorch.io.SafetensorsFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepFixtureNativeTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"bert-tiny-2x16", "llama-tiny-2x16"})
    void holdsAllThatALibraryNeeds(String name) {
        StepFixture fixture = StepFixture.open(StepFixtures.make(folder, StepFixtures.Size.named(name)));
        assertThat(fixture.causal()).isEqualTo(name.startsWith("llama"));
        assertThat(Arrays.stream(fixture.tokens()).boxed()).hasSize(2 * 16)
                .allMatch(token -> token >= 0 && token < fixture.number("vocab_size"));
        assertThat(fixture.labels()).hasSize(fixture.causal() ? 2 * 16 : 2);
        assertThat(fixture.losses()).hasSize(3).doesNotContain(Double.NaN);
        assertThat(fixture.losses()[2]).isLessThan(fixture.losses()[0]);
        try (SafetensorsFile weights = fixture.weights()) {
            assertThat(weights.names()).contains(
                    fixture.causal() ? "model.layers.1.mlp.gate_proj.weight"
                    : "bert.encoder.layer.1.output.dense.bias");
        }
    }

    @Test
    void isMadeOnce() {
        StepFixtures.Size size = StepFixtures.Size.named("bert-tiny-2x16");
        long first = StepFixtures.make(folder, size).resolve("expected.json").toFile().lastModified();
        assertThat(StepFixtures.make(folder, size).resolve("expected.json").toFile().lastModified()).isEqualTo(first);
    }

    @Test
    void isTheSameWhereverItIsMade() {
        StepFixtures.Size size = StepFixtures.Size.named("llama-tiny-2x16");
        StepFixture here = StepFixture.open(StepFixtures.make(folder, size));
        StepFixture there = StepFixture.open(StepFixtures.make(folder.resolve("there"), size));
        assertThat(there.tokens()).isEqualTo(here.tokens());
        assertThat(there.losses()).isEqualTo(here.losses());
    }

    @Test
    void tellsRoundingFromMistakes() {
        StepFixture fixture = new StepFixture(folder, null, 1, 1, 1e-3, new double[] {0.7, 0.5});
        fixture.check(1, 0.70001, 0.5009);
        assertThatThrownBy(() -> fixture.check(1, 0.7002, 0.5)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[0.7, 0.5]").hasMessageContaining("0.7002");
        assertThatThrownBy(() -> fixture.check(1, 0.7, 0.502)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> fixture.check(1, 0.7, Double.NaN)).isInstanceOf(IllegalStateException.class);
        fixture.check(20, 0.701, 0.51);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "minilm", "minilm-32", "minilm-0x8", "-3x3", "minilm-axb"})
    void namesThatAreNoneAreRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> StepFixtures.Size.named(name))
                .withMessageContaining("minilm-32x128");
    }
}
