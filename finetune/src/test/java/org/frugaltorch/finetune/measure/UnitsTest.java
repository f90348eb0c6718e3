package org.frugaltorch.finetune.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnitsTest {
    @Test
    void bytes() {
        assertThat(Units.mib(1024 * 1024 * 3 / 2)).isEqualTo("1.5");
        assertThat(Units.mib(12_345L << 20)).isEqualTo("12,345.0");
        assertThat(Units.mib(Units.UNKNOWN)).isEqualTo("-");
    }

    @Test
    void percent() {
        assertThat(Units.percent(1, 3)).isEqualTo("33.3 %");
        assertThat(Units.percent(1, 0)).isEqualTo("-");
        assertThat(Units.percent(Units.UNKNOWN, 5)).isEqualTo("-");
        assertThat(Units.percent(5, Units.UNKNOWN)).isEqualTo("-");
        assertThat(Units.percent(Double.NaN, 5)).isEqualTo("-");
    }

    @Test
    void durations() {
        assertThat(Units.duration(3.44)).isEqualTo("3.4 s");
        assertThat(Units.duration(9.97)).isEqualTo("0:10");
        assertThat(Units.duration(59.6)).isEqualTo("1:00");
        assertThat(Units.duration(3723)).isEqualTo("1:02:03");
        assertThat(Units.duration(Double.NaN)).isEqualTo("-");
        assertThat(Units.duration(Double.POSITIVE_INFINITY)).isEqualTo("-");
    }
}
