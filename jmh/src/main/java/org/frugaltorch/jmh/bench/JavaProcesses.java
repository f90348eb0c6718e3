package org.frugaltorch.jmh.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.frugaltorch.io.DataException;
import org.frugaltorch.jmh.BenchmarkSettings;
import org.frugaltorch.jmh.CountersProfiler;
import org.frugaltorch.jmh.ProcessorTime;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs benchmarks by JMH, each in a process with the class path of its library.
 *
 * @param installation where the libraries are
 * @param environment of the processes
 * @param fixtures folder of what all libraries work on
 * @param log file that JMH writes to
 */
record JavaProcesses(Installation installation, ChildEnvironment environment, Path fixtures, Path log) {
    private static final String CLASS_PATH = "java.class.path";
    private static final int LONGEST_MINUTES = 30;
    /** Java's heap takes all its memory at once: what the process grows by is then the library's. */
    private static final List<String> HEAP_THAT_DOES_NOT_GROW = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch",
            // By itself DJL's direct buffers, and all of JavaCPP's native memory, would be bounded by the heap's size.
            "-XX:MaxDirectMemorySize=1t", "-Dorg.bytedeco.javacpp.maxBytes=0", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");

    /** @throws BenchmarkFailedException with the reason, when there is no figure */
    Sample run(Job job) {
        // JMH gives its processes the class path that this property names when they start.
        String own = System.getProperty(CLASS_PATH);
        System.setProperty(CLASS_PATH, installation.classPath(job.implementation()));
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            Collection<RunResult> results = new Runner(options(job).build()).run();
            return sample(job, results.iterator().next());
        } catch (RunnerException failure) {
            throw new BenchmarkFailedException(job + " failed: " + reason(failure) + " (see " + log + ")", failure);
        } catch (IOException failure) {
            throw DataException.unwritable(log, failure);
        } finally {
            System.setProperty(CLASS_PATH, own);
        }
    }

    private OptionsBuilder options(Job job) {
        Effort effort = job.effort();
        List<String> javaOptions = new ArrayList<>(job.implementation().javaOptions());
        javaOptions.add("-D" + BenchmarkSettings.FIXTURES + "=" + fixtures.toAbsolutePath());
        if (job.group() == BenchGroup.SAME_STEP) {
            javaOptions.addAll(HEAP_THAT_DOES_NOT_GROW);
        }
        if (job.group().oneThread() && job.implementation() == Implementation.DJL) {
            javaOptions.add("-Dai.djl.pytorch.num_threads=1");
        }
        OptionsBuilder options = new OptionsBuilder();
        options.include("^" + Pattern.quote(job.benchmark()) + "$").forks(1)
                .jvm(environment.writeJava(fixtures).toString())
                .warmupIterations(effort.warmUps()).measurementIterations(effort.iterations())
                .warmupTime(TimeValue.milliseconds(effort.milliseconds()))
                .measurementTime(TimeValue.milliseconds(effort.milliseconds()))
                .addProfiler(CountersProfiler.class).addProfiler(ProcessorTime.class)
                .jvmArgsPrepend(javaOptions.toArray(String[]::new))
                .shouldFailOnError(true).timeout(TimeValue.minutes(LONGEST_MINUTES)).output(log.toString());
        job.parameters().forEach(options::param);
        return options;
    }

    private static Sample sample(Job job, RunResult run) {
        List<Double> iterations = new ArrayList<>();
        for (BenchmarkResult process : run.getBenchmarkResults()) {
            for (IterationResult iteration : process.getIterationResults()) {
                iterations.add(job.byProcessorTime()
                        ? seconds(iteration.getSecondaryResults().get(ProcessorTime.RESULT))
                        : seconds(iteration.getPrimaryResult()));
            }
        }
        Map<String, Double> counters = new TreeMap<>();
        run.getSecondaryResults().forEach((label, result) -> {
            if (!label.equals(ProcessorTime.RESULT)) {
                counters.put(label, result.getScore());
            }
        });
        return new Sample(Statistics.median(iterations), counters);
    }

    /** JMH's scores carry the unit that the benchmark asked for, such as {@code ms/op}. */
    static double seconds(Result<?> result) {
        String unit = result.getScoreUnit().toLowerCase(Locale.ROOT).replace("/op", "");
        TimeUnit known = switch (unit) {
            case "ns" -> TimeUnit.NANOSECONDS;
            case "us" -> TimeUnit.MICROSECONDS;
            case "ms" -> TimeUnit.MILLISECONDS;
            case "s" -> TimeUnit.SECONDS;
            default -> throw new IllegalArgumentException("A benchmark measures " + result.getScoreUnit()
                    + ", which is no time");
        };
        return result.getScore() * known.toNanos(1) / 1e9;
    }

    /** What a benchmark threw, without what JMH wrapped around it. */
    static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null || deepest.getSuppressed().length > 0) {
            deepest = deepest.getCause() != null ? deepest.getCause() : deepest.getSuppressed()[0];
        }
        String said = deepest.getMessage();
        return said == null ? deepest.getClass().getSimpleName() : said.strip();
    }
}
