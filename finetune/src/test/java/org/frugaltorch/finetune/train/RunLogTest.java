package org.frugaltorch.finetune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunLogTest {
    private static final RunRecord START = new RunRecord.Event(0, "start", Map.of("method", "full"));
    private static final RunRecord STEP_1 =
            new RunRecord.Step(1, 0.5, 0.69, 1e-4, Double.NaN, 1234.5, 1 << 20, 3L << 30, 77, 0.25);
    private static final RunRecord EVALUATION = new RunRecord.Evaluation(1, 2.5, Map.of("accuracy", 0.5));
    private static final RunRecord STEP_2 = new RunRecord.Step(2, 1, Double.NaN, 0, 1, 2, -1, -1, -1, 0.5);

    @TempDir
    Path folder;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("run/log.jsonl");
    }

    @Test
    void readsBackWhatWasWritten() throws IOException {
        write(START, STEP_1, EVALUATION, STEP_2);

        assertThat(RunLog.read(file)).containsExactly(START, STEP_1, EVALUATION, STEP_2);
        assertThat(Files.readAllLines(file).get(1)).startsWith("{\"type\":\"step\",\"step\":1,\"epoch\":0.5,\"loss\":0.69,");
    }

    @Test
    void everyRecordIsInTheFileAtOnce() {
        try (RunLog log = RunLog.create(file)) {
            log.write(START);
            log.write(STEP_1);

            assertThat(RunLog.read(file)).containsExactly(START, STEP_1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"type\":\"step\",\"step\":3,\"lo", "\0\0\0\0"})
    void leavesOutALineThatAKillCutShort(String torn) throws IOException {
        write(START, STEP_1);
        append(torn);

        assertThat(RunLog.read(file)).containsExactly(START, STEP_1);
        try (RunLog log = RunLog.resume(file, 1)) {
            log.write(STEP_2);
        }
        assertThat(RunLog.read(file)).containsExactly(START, STEP_1, STEP_2);
    }

    @Test
    void keepsARecordThatLostOnlyItsLineEnd() throws IOException {
        write(START, STEP_1);
        Files.writeString(file, Files.readString(file).stripTrailing());

        try (RunLog log = RunLog.resume(file, 1)) {
            log.write(STEP_2);
        }

        assertThat(RunLog.read(file)).containsExactly(START, STEP_1, STEP_2);
    }

    @Test
    void forgetsStepsAfterTheCheckpoint() {
        RunRecord again = new RunRecord.Step(2, 1, 0.5, 0, 1, 2, 3, 4, 5, 0.75);
        write(START, STEP_1, EVALUATION, STEP_2, new RunRecord.Event(2, "saved", Map.of()));

        try (RunLog log = RunLog.resume(file, 1)) {
            log.write(again);
        }

        assertThat(RunLog.read(file)).containsExactly(START, STEP_1, EVALUATION, again);
    }

    @Test
    void resumesWithoutALog() {
        RunLog.resume(file, 10).close();

        assertThat(RunLog.read(file)).isEmpty();
    }

    @Test
    void namesTheDamagedLine() throws IOException {
        write(START, STEP_1);
        Files.write(file, List.of("nonsense", "{}"), StandardOpenOption.APPEND);

        assertThatExceptionOfType(DataException.class).isThrownBy(() -> RunLog.read(file))
                .withMessageContaining("log.jsonl: line 3 is not a record");
    }

    @Test
    void neverOverwritesAnotherRun() {
        write(START);

        assertThatExceptionOfType(DataException.class).isThrownBy(() -> RunLog.create(file))
                .withMessageContaining("exists already; go on with that run");
    }

    private void write(RunRecord... records) {
        try (RunLog log = RunLog.create(file)) {
            for (RunRecord entry : records) {
                log.write(entry);
            }
        }
    }

    private void append(String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }
}
