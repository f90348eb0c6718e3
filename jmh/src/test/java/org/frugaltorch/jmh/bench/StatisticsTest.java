package org.frugaltorch.jmh.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatisticsTest {
    @Test
    void medianIsTheMiddle() {
        assertThat(Statistics.median(List.of(9.0, 1.0, 2.0))).isEqualTo(2);
        assertThat(Statistics.median(List.of(4.0, 1.0, 2.0, 90.0))).isEqualTo(3);
        assertThat(Statistics.median(List.of())).isNaN();
    }

    @Test
    void spreadIsHalfTheRange() {
        assertThat(Statistics.spread(List.of(9.0, 10.0, 12.0))).isEqualTo(0.15);
        assertThat(Statistics.spread(List.of(5.0))).isNaN();
    }

    @ParameterizedTest
    @CsvSource({"6.333e-7,633 ns", "0.00000102,1.02 µs", "0.0334,33.4 ms", "1.25,1.25 s", "1234,'1,234 s'", "NaN,-"})
    void timesInTheUnitThatFits(double seconds, String text) {
        assertThat(Durations.of(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"1095.4,'1,095'", "633.3,633", "12.345,12.3", "1.2345,1.23", "0.1234,0.12", "0,0.00"})
    void threeDigits(double value, String text) {
        assertThat(Durations.digits(value)).isEqualTo(text);
    }

    @Test
    void ratiosAndShares() {
        assertThat(Ratio.text(1, 3)).isEqualTo("0.33");
        assertThat(Ratio.text(1, 0)).isEqualTo("-");
        assertThat(Ratio.text(Double.NaN, 2)).isEqualTo("-");
        assertThat(Ratio.percent(0.034)).isEqualTo("3.4 %");
        assertThat(Ratio.percent(0.46)).isEqualTo("46 %");
        assertThat(Ratio.percent(Double.NaN)).isEqualTo("-");
    }
}
