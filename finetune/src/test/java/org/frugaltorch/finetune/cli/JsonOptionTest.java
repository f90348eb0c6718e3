package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class JsonOptionTest {
    record Measured(double bestMicros, double spread, Path device) {}

    @CommandLine.Command(name = "measure")
    static final class Measure implements Callable<Integer> {
        @CommandLine.Mixin
        private final JsonOption json = new JsonOption();
        private boolean measured;

        @Override
        public Integer call() {
            measured = true;
            json.write(new Measured(0.83, Double.NaN, Path.of("/dev/cpu")));
            return 0;
        }
    }

    @TempDir
    Path folder;
    private final Measure measure = new Measure();
    private final StringWriter errors = new StringWriter();

    @Test
    void writesTheMeasuredObject() throws IOException {
        Path file = folder.resolve("new/result.json");

        assertThat(run("--json", file.toString())).isZero();

        assertThat(file).hasContent("""
                {
                  "bestMicros" : 0.83,
                  "spread" : null,
                  "device" : "/dev/cpu"
                }
                """);
        assertThat(file.getParent().toFile().list()).containsExactly("result.json");
    }

    @Test
    void writesNothingUnlessAsked() {
        assertThat(run()).isZero();
        assertThat(measure.measured).isTrue();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void complainsBeforeMeasuring() throws IOException {
        Path file = Files.createFile(folder.resolve("plain"));

        assertThat(run("--json", folder.toString())).isEqualTo(2);
        assertThat(run("--json", file.resolve("below.json").toString())).isEqualTo(2);

        assertThat(errors.toString()).contains("is a folder").contains("is not a writable folder");
        assertThat(measure.measured).isFalse();
    }

    private int run(String... arguments) {
        return new CommandLine(measure).setErr(new PrintWriter(errors)).execute(arguments);
    }
}
