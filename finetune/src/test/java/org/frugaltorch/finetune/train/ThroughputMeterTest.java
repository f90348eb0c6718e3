package org.frugaltorch.finetune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThroughputMeterTest {
    private final AtomicLong clock = new AtomicLong(1_000);
    private final ThroughputMeter meter = new ThroughputMeter(clock::get);

    @Test
    void countsOnlyTheTimeInsideSteps() {
        step(100, 2.0); // 50 a second
        clock.addAndGet(3_600_000_000_000L); // an evaluation
        step(100, 0.5); // 200 a second

        assertThat(meter.mean()).isCloseTo(80, within(1e-9));
        assertThat(meter.median()).isCloseTo(125, within(1e-9));
        assertThat(meter.seconds()).isCloseTo(2.5, within(1e-9));
        assertThat(meter.tokens()).isEqualTo(200);
        assertThat(meter.steps()).isEqualTo(2);
    }

    @Test
    void theMedianIgnoresASlowStart() {
        assertThat(step(10, 100)).isCloseTo(0.1, within(1e-9));
        for (int i = 0; i < 200; i++) {
            step(10, 1);
        }

        assertThat(meter.median()).isCloseTo(10, within(1e-9));
        assertThat(meter.mean()).isCloseTo(2010 / 300.0, within(1e-9));
    }

    @Test
    void isNotANumberWithoutTime() {
        assertThat(meter.mean()).isNaN();
        assertThat(meter.median()).isNaN();
        assertThat(step(10, 0)).isNaN();
        assertThat(meter.median()).isNaN();
        step(10, 1);
        assertThat(meter.median()).isCloseTo(10, within(1e-9));
    }

    @Test
    void startsAndStopsTakeTurns() {
        assertThatIllegalStateException().isThrownBy(() -> meter.stop(1));
        meter.start();
        assertThatIllegalStateException().isThrownBy(meter::start);
    }

    private double step(long tokens, double seconds) {
        meter.start();
        clock.addAndGet(Math.round(seconds * 1e9));
        return meter.stop(tokens);
    }
}
