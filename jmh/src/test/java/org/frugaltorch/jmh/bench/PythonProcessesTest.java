package org.frugaltorch.jmh.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** With programs in place of Python that say how they were called. */
@EnabledOnOs(OS.LINUX)
class PythonProcessesTest {
    private static final Job JOB = new Job(BenchGroup.SAME_STEP, Implementation.TRANSFORMERS, "same-step", "step",
            Map.of("fixture", "bert-tiny-2x16"), Effort.TINY);

    private static final ChildEnvironment ENVIRONMENT = ChildEnvironment.of(3, Map.of());

    @TempDir
    private Path folder;

    private PythonProcesses running(String script) throws IOException {
        Path python = Files.writeString(folder.resolve("python"), "#!/bin/sh\n" + script + "\n");
        assertThat(python.toFile().setExecutable(true)).isTrue();
        return new PythonProcesses(python.toString(), folder, ENVIRONMENT, folder.resolve("fixtures"),
                folder.resolve("log/python.log"));
    }

    @Test
    void readsWhatIsWritten() throws IOException {
        Sample sample = running("""
                echo "$@, $OMP_NUM_THREADS threads" > %s
                while [ "$1" != --json ]; do shift; done
                echo '{"machine": {}, "results": [{"group": "same-step", "samples": [2, 4],' > "$2"
                echo '"counters": {"loss": 1}}]}' >> "$2"
                """.formatted(folder.resolve("called"))).run(JOB);
        assertThat(sample.seconds()).isEqualTo(3);
        assertThat(sample.counters()).containsEntry("loss", 1.0);
        assertThat(Files.readString(folder.resolve("called"))).startsWith(folder.resolve("bench.py") + " same-step ")
                .contains("--library transformers", "--fixture " + folder.resolve("fixtures/bert-tiny-2x16"),
                        "--iterations 1", ", 3 threads");
    }

    @Test
    void failuresAreTheLastLine() throws IOException {
        assertThatThrownBy(() -> running("echo one; echo 'the losses differ' >&2; exit 1").run(JOB))
                .isInstanceOf(BenchmarkFailedException.class)
                .hasMessageContaining("same-step step, fixture bert-tiny-2x16: transformers failed: the losses differ");
    }

    @Test
    void versions() throws IOException {
        assertThat(running("echo 2.13.0").version(Implementation.PYTORCH)).isEqualTo("2.13.0");
        assertThat(running("exit 1").version(Implementation.PYTORCH)).isEmpty();
    }

    @Test
    void aProgramThatIsNotThere() {
        PythonProcesses none =
                new PythonProcesses("/nowhere/python", folder, ENVIRONMENT, folder, folder.resolve("python.log"));
        assertThatThrownBy(() -> none.run(JOB))
                .isInstanceOf(DataException.class).hasMessageContaining("/nowhere/python");
    }
}
