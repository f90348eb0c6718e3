package org.frugaltorch.finetune.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.frugaltorch.finetune.train.RunLog;
import org.frugaltorch.finetune.train.RunRecord;

/** What a run of the command {@code frugal} printed, and how it ended. */
record CommandRun(int exitCode, String out, String err) {
    /** Runs it in this process. */
    static CommandRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Frugal.execute(new PrintWriter(out), new PrintWriter(err), arguments);
        return new CommandRun(exitCode, out.toString(), err.toString());
    }

    /** Asserts that it failed with one sentence, which is no defect of ours, and returns that. */
    String sentence() {
        Assertions.assertThat(exitCode).as("exit code, after: " + err).isNotZero();
        List<String> said = err.lines().filter(line -> line.startsWith("frugal: ")).toList();
        Assertions.assertThat(said).as("complaints in: " + err).hasSize(1);
        Assertions.assertThat(err).doesNotContain("error in the program itself", "\tat ");
        return said.getFirst();
    }

    /** The losses in the log of a run, step by step. */
    static List<Double> losses(Path run) {
        return RunLog.read(run.resolve("log.jsonl")).stream().filter(RunRecord.Step.class::isInstance)
                .map(line -> ((RunRecord.Step) line).loss()).toList();
    }

    /** A run in a Java of its own, for what a process has only once: its libtorch, its death. */
    record InProcess(Process process, Path errors) {
        static InProcess start(List<String> options, ProcessBuilder builder, Path errors, String... arguments) {
            return start(List.of(), options, builder, errors, arguments);
        }

        /** @param before what starts Java, such as a shell that limits it first */
        static InProcess start(
                List<String> before, List<String> options, ProcessBuilder builder, Path errors, String... arguments) {
            // A shell's background jobs ignore interrupts, and so would what they start.
            List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
            command.addAll(before);
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED", "-Xmx400m", "-XX:TieredStopAtLevel=1"));
            command.addAll(options);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Frugal.class.getName()));
            command.addAll(List.of(arguments));
            try {
                return new InProcess(builder.command(command)
                        .redirectOutput(new File("/dev/null")).redirectError(errors.toFile()).start(), errors);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        CommandRun end() {
            try {
                if (!process.waitFor(5, TimeUnit.MINUTES)) {
                    process.destroyForcibly();
                    throw new AssertionError("the command did not end within five minutes");
                }
                return new CommandRun(process.exitValue(), "", Files.readString(errors));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            } catch (InterruptedException stop) {
                throw new AssertionError(stop);
            }
        }

        /** Sends a signal by its name, such as {@code INT}. */
        void signal(String name) throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
        }
    }
}
