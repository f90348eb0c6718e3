package org.frugaltorch.finetune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;

/** Formulas of stretched rotary frequencies, by numbers worked out by hand from their definitions. */
class RotaryScalingTest {
    private static final int LENGTH = 4096;

    private static double[] frequencies(RotaryScaling scaling, long length) {
        return scaling.frequencies(new RotaryEmbedding(8, 10_000, scaling), length);
    }

    @Test
    void plainFrequenciesAreAGeometricSeries() {
        assertThat(frequencies(new RotaryScaling.None(), LENGTH)).containsExactly(new double[] {1, 0.1, 0.01, 0.001},
                within(1e-15));
    }

    @Test
    void linearScalingDividesThemAll() {
        assertThat(frequencies(new RotaryScaling.Linear(4), LENGTH))
                .containsExactly(new double[] {0.25, 0.025, 0.0025, 0.00025}, within(1e-15));
    }

    @Test
    void dynamicScalingActsBeyondTheTrainedLengthOnly() {
        RotaryScaling dynamic = new RotaryScaling.Dynamic(2, LENGTH);
        assertThat(frequencies(dynamic, 100)).containsExactly(new double[] {1, 0.1, 0.01, 0.001}, within(1e-15));
        double[] stretched = frequencies(dynamic, 2 * LENGTH);
        // The base grows by 3^(8/6), so the lowest frequency, base^(-6/8), falls by 3.
        assertThat(stretched[0]).isEqualTo(1);
        assertThat(stretched[3]).isCloseTo(0.001 / 3, within(1e-15));
    }

    @Test
    void llama3KeepsHighFrequenciesAndDividesLowOnes() {
        // Turns within 1000 tokens: 159, 15.9, 1.59 and 0.159.
        double[] scaled = frequencies(new RotaryScaling.Llama3(8, 1, 4, 1000), LENGTH);
        double kept = (10 / (2 * Math.PI) - 1) / 3;
        assertThat(scaled).containsExactly(
                new double[] {1, 0.1, 0.01 * ((1 - kept) / 8 + kept), 0.001 / 8}, within(1e-15));
    }

    @Test
    void yarnRampsBetweenPairs() {
        // 32 turns within 4096 tokens are made at pair 1.31, one turn at pair 2.81: ramp from 1 to 3.
        double factor = RotaryScaling.Yarn.attentionFactor(4, 1);
        RotaryScaling yarn = new RotaryScaling.Yarn(4, 32, 1, LENGTH, true, factor);
        assertThat(frequencies(yarn, LENGTH)).containsExactly(
                new double[] {1, 0.1, 0.01 * (0.5 / 4 + 0.5), 0.001 / 4}, within(1e-15));
        assertThat(yarn.attentionFactor()).isCloseTo(1.138629436, within(1e-9));
        RotaryScaling unrounded = new RotaryScaling.Yarn(4, 32, 1, LENGTH, false, factor);
        double low = 8 * Math.log(LENGTH / (32 * 2 * Math.PI)) / (2 * Math.log(10_000));
        double high = 8 * Math.log(LENGTH / (2 * Math.PI)) / (2 * Math.log(10_000));
        double divided = (2 - low) / (high - low);
        assertThat(frequencies(unrounded, LENGTH)[2])
                .isCloseTo(0.01 * (divided / 4 + 1 - divided), within(1e-15));
    }

    @Test
    void configurationsNameTheScaling() throws IOException {
        assertThat(read("{\"type\": \"linear\", \"factor\": 2.0}")).isEqualTo(new RotaryScaling.Linear(2));
        assertThat(read("{\"rope_type\": \"dynamic\", \"factor\": 3}")).isEqualTo(new RotaryScaling.Dynamic(3, 64));
        assertThat(read("{\"rope_type\": \"yarn\", \"factor\": 4, \"original_max_position_embeddings\": 16}"))
                .isEqualTo(new RotaryScaling.Yarn(
                        4, 32, 1, 16, true, RotaryScaling.Yarn.attentionFactor(4, 1)));
        assertThatThrownBy(() -> read("{\"rope_type\": \"spiral\"}"))
                .isInstanceOf(DataException.class).hasMessageContaining("'spiral' is not supported");
        assertThatThrownBy(() -> read("{\"rope_type\": \"llama3\", \"low_freq_factor\": 2}"))
                .isInstanceOf(DataException.class).hasMessageContaining("no high_freq_factor")
                .hasMessageContaining("no factor");
    }

    private static RotaryScaling read(String scaling) throws IOException {
        ObjectNode config = ModelDirectory.open(Golden.directory("llama")).json().deepCopy();
        config.remove("rope_parameters");
        config.set("rope_scaling", new ObjectMapper().readTree(scaling));
        return ModelFamilies.of(config).config(config).rotary().scaling();
    }
}
