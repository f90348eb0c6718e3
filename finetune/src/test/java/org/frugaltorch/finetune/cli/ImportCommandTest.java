package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.frugaltorch.finetune.importer.Source;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ImportCommandTest {
    @TempDir
    Path directory;
    private final StringWriter output = new StringWriter();

    private int run(String... arguments) {
        CommandLine command = new CommandLine(new ImportCommand());
        command.setOut(new PrintWriter(output)).setErr(new PrintWriter(output));
        command.setExecutionExceptionHandler((failure, line, result) -> {
            throw failure;
        });
        return command.execute(arguments);
    }

    @Test
    void theHelpNamesEverySource() {
        assertThat(run("--help")).isZero();
        for (Source source : Source.values()) {
            assertThat(output.toString()).containsPattern("\\s" + source + "\\s");
            assertThat(Source.of(source.toString())).isEqualTo(source);
        }
    }

    @Test
    void anUnknownNameGetsTheListOfKnownOnes() {
        assertThat(run("gpt-9", "--out", directory.resolve("x").toString())).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(output.toString()).contains("'gpt-9' is not known; choose one of minilm, bge-small");
        assertThat(run("minilm")).isEqualTo(CommandLine.ExitCode.USAGE);
    }

    @Test
    void neverReplacesWhatIsNoEarlierImport() throws IOException {
        Path precious = Files.writeString(directory.resolve("precious"), "x");
        String out = directory.toString();
        assertThatThrownBy(() -> new ImportCommandRun("minilm", "--out", out).run())
                .isInstanceOf(DataException.class).hasMessageContaining("is not empty; choose another --out");
        assertThatThrownBy(() -> new ImportCommandRun("minilm", "--out", out, "--force").run())
                .isInstanceOf(DataException.class).hasMessageContaining("it has no config.json");
        assertThat(precious).exists();
    }

    /** The command without picocli's handling of exceptions. */
    private record ImportCommandRun(String... arguments) {
        void run() {
            ImportCommand command = new ImportCommand();
            new CommandLine(command).parseArgs(arguments);
            command.call();
        }
    }
}
