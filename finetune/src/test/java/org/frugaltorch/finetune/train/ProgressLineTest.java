package org.frugaltorch.finetune.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.frugaltorch.finetune.train.ProgressLine.Status;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private static final long MIB = 1 << 20;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final AtomicLong clock = new AtomicLong();

    @Test
    void printsOnePlainLineAnInterval() {
        try (ProgressLine progress = new PlainProgress("tokentune", 0, 100, out, Duration.ofSeconds(10), clock::get)) {
            for (int step = 1; step <= 60; step++) {
                clock.addAndGet(500_000_000);
                progress.update(new Status(step, 1.0 / step, 1234.4, 210 * MIB, 400 * MIB));
            }
            progress.message("accuracy 0.875");
        }

        assertThat(text().lines()).containsExactly(
                "tokentune: step 1/100 (1 %), loss 1.0000, 1,234 tok/s, 210.0 MiB (peak 400.0), elapsed 0.5 s, left 0:50",
                "tokentune: step 21/100 (21 %), loss 0.0476, 1,234 tok/s, 210.0 MiB (peak 400.0), elapsed 0:11, left 0:40",
                "tokentune: step 41/100 (41 %), loss 0.0244, 1,234 tok/s, 210.0 MiB (peak 400.0), elapsed 0:21, left 0:30",
                "accuracy 0.875",
                "tokentune: step 60/100 (60 %), loss 0.0167, 1,234 tok/s, 210.0 MiB (peak 400.0), elapsed 0:30, left 0:20");
    }

    @Test
    void aResumedRunGuessesFromItsOwnSteps() {
        try (ProgressLine progress = new PlainProgress("full", 90, 100, out, Duration.ofSeconds(10), clock::get)) {
            clock.addAndGet(20_000_000_000L);
            progress.update(new Status(92, Double.NaN, Double.NaN, -1, -1));
        }

        assertThat(text()).isEqualTo("full: step 92/100 (92 %), loss NaN, elapsed 0:20, left 1:20\n");
    }

    @Test
    void saysNothingWhenNothingHappened() {
        new PlainProgress("full", 0, 0, out, Duration.ofSeconds(10), clock::get).close();

        assertThat(text()).isEmpty();
    }

    @Test
    void redrawsABarWithinTheWidthOfTheTerminal() {
        try (ProgressLine progress = new TerminalProgress("tokentune", 0, 4, out, 110)) {
            progress.update(new Status(2, 0.25, 900, 210 * MIB, 400 * MIB));
            progress.message("accuracy 0.875");
            progress.update(new Status(4, 0.125, 1000, 210 * MIB, 400 * MIB));
        }

        assertThat(text()).contains("accuracy 0.875\n");
        String[] drawn = text().split("\r\u001b\\[K|\n");
        assertThat(drawn).allSatisfy(line -> assertThat(line.length()).isLessThan(110));
        assertThat(drawn[drawn.length - 1]).contains("tokentune", "100%", "4/4", "loss 0.1250, 1,000 tok/s, 210.0 MiB");
        assertThat(text()).endsWith("\n");
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
