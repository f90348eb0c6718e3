package org.frugaltorch.jmh.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.frugaltorch.io.DataException;

/**
 * Runs the Python programs of this module, one process a benchmark.
 *
 * @param python program
 * @param programs folder of {@code bench.py}
 * @param environment of the processes
 * @param fixtures folder of what all libraries work on
 * @param log file that they write to
 */
record PythonProcesses(String python, Path programs, ChildEnvironment environment, Path fixtures, Path log) {
    private static final int LONGEST_MINUTES = 30;

    /** @throws BenchmarkFailedException with the reason, when there is no figure */
    Sample run(Job job) {
        Path result = log.resolveSibling("python.json");
        Outcome outcome = execute(arguments(job, result));
        if (outcome.exitCode != 0) {
            throw new BenchmarkFailedException(job + " failed: " + outcome.lastLine + " (see " + log + ")", null);
        }
        BenchResult measured = BenchResults.read(result).results().getFirst();
        return new Sample(measured.seconds(), measured.counters());
    }

    /** The versions of Python's libraries, such as {@code 2.13.0}; empty where a library is missing. */
    String version(Implementation implementation) {
        Outcome outcome = execute(List.of("version", "--library", implementation.key()));
        return outcome.exitCode == 0 ? outcome.lastLine : "";
    }

    private List<String> arguments(Job job, Path result) {
        List<String> arguments = new ArrayList<>(List.of(job.benchmark(), "--json", result.toString(),
                "--library", job.implementation().key(), "--name", job.name(),
                "--warm-ups", Integer.toString(job.effort().warmUps()),
                "--iterations", Integer.toString(job.effort().iterations()),
                "--milliseconds", Integer.toString(job.effort().milliseconds())));
        job.parameters().forEach((name, value) -> {
            arguments.add("--" + name);
            arguments.add(name.equals("fixture") ? fixtures.resolve(value).toString() : value);
        });
        return arguments;
    }

    private record Outcome(int exitCode, String lastLine) {}

    private Outcome execute(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(python, programs.resolve("bench.py").toString()));
        command.addAll(arguments);
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            environment.applyTo(builder);
            Process process = builder.start();
            if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                return new Outcome(1, "it did not end within " + LONGEST_MINUTES + " minutes");
            }
            List<String> lines = Files.readAllLines(log).stream().filter(line -> !line.isBlank()).toList();
            return new Outcome(process.exitValue(), lines.isEmpty() ? "it said nothing" : lines.getLast());
        } catch (IOException failure) {
            throw new DataException("cannot run " + python + ": " + failure.getMessage(), failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + python + " was running", stop);
        }
    }
}
