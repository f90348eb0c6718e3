package org.frugaltorch.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.frugaltorch.optim.LearningRateSchedule.Course;
import org.frugaltorch.testing.GoldenFiles;
import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {

    /** Every factor of the schedules that {@code src/test/python/make_optimisers.py} takes from Transformers. */
    @Test
    void factorsAreThoseOfTransformers() throws IOException {
        List<String> lines = Files.readAllLines(GoldenFiles.path("schedules.csv"));
        assertThat(lines).hasSizeGreaterThan(100);
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",");
            LearningRateSchedule schedule = new LearningRateSchedule(
                    Course.named(cells[0]), Long.parseLong(cells[1]), Long.parseLong(cells[2]));
            assertThat(schedule.factor(Long.parseLong(cells[3]))).as(line)
                    .isCloseTo(Double.parseDouble(cells[4]), within(1e-15));
        }
    }

    @Test
    void stepsAfterTheLastKeepItsFactor() {
        assertThat(new LearningRateSchedule(Course.LINEAR, 0, 10).factor(25)).isZero();
        assertThat(new LearningRateSchedule(Course.COSINE, 0, 10).factor(25)).isZero();
        assertThat(new LearningRateSchedule(Course.CONSTANT, 0, 10).factor(25)).isEqualTo(1);
    }

    @Test
    void settingsCheckThemselves() {
        assertThatThrownBy(() -> new LearningRateSchedule(Course.LINEAR, 11, 10)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A schedule of 10 steps cannot have 11 warm-up steps: use 0 to 10");
        assertThatThrownBy(() -> new LearningRateSchedule(Course.LINEAR, -1, 10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LearningRateSchedule(Course.LINEAR, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Course.named("square")).hasMessage(
                "Unknown learning-rate schedule 'square': known are [constant, linear, cosine]");
        assertThat(Course.named("constant_with_warmup")).isEqualTo(Course.CONSTANT);
    }
}
