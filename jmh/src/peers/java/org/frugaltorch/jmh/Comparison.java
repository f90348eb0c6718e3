package org.frugaltorch.jmh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the same operators in every library and prints medians and ratios of the {@link ProcessorTime}. Libraries take
 * turns, one process at a time, so that a machine whose speed changes is as slow for one as for the other.
 */
public final class Comparison {
    private static final int ROUNDS = 5;
    private static final List<Class<?>> LIBRARIES =
            List.of(OperatorBenchmark.class, DjlBenchmark.class, JavaCppBenchmark.class);
    private static final List<String> OPERATORS = List.of("add", "mul", "addNumber", "mulNumber", "addOneMebibyte");

    private Comparison() {}

    /** @param args options of JMH, such as {@code -i 10} for ten iterations a process */
    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        Map<String, List<Double>> medians = new TreeMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (String operator : OPERATORS) {
                for (RunResult result : new Runner(options(operator, args)).run()) {
                    BenchmarkParams benchmark = result.getParams();
                    medians.computeIfAbsent(benchmark.getBenchmark(), name -> new ArrayList<>())
                            .add(medianOfIterations(result.getBenchmarkResults()));
                }
            }
        }
        System.out.printf("%n%-16s %14s %14s %8s %14s %8s   (medians of %d processes, ns)%n", "operator", "FrugalTorch", "DJL",
                "ratio", "JavaCPP", "ratio", ROUNDS);
        for (String operator : OPERATORS) {
            double[] times = LIBRARIES.stream()
                    .mapToDouble(library -> median(medians.get(library.getName() + "." + operator))).toArray();
            System.out.printf(Locale.ROOT, "%-16s %14.0f %14.0f %8.2f %14.0f %8.2f%n", operator, times[0], times[1],
                    times[0] / times[1], times[2], times[0] / times[2]);
        }
    }

    private static Options options(String operator, String[] args) throws CommandLineOptionException {
        OptionsBuilder options = new OptionsBuilder();
        options.parent(new CommandLineOptions(args));
        LIBRARIES.forEach(library -> options.include(library.getName().replace(".", "\\.") + "\\." + operator + "$"));
        return options.addProfiler(ProcessorTime.class).forks(1).build();
    }

    private static double medianOfIterations(Collection<BenchmarkResult> processes) {
        return median(processes.stream().flatMap(process -> process.getIterationResults().stream())
                .map(iteration -> iteration.getSecondaryResults().get(ProcessorTime.RESULT).getScore()).toList());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
