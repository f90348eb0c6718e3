package org.frugaltorch.jmh.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What one benchmark came to in one library. The Python programs print the same.
 *
 * @param group see {@link BenchGroup}
 * @param name of the benchmark in its group, such as {@code add} or {@code step}
 * @param implementation the library
 * @param parameters that the benchmark was run with, such as {@code shape} and {@code method}
 * @param samples seconds a call, one median a process
 * @param counters what was counted beside the time, by the names of {@link org.frugaltorch.jmh.Counters}: medians over
 *     the processes
 * @param countersByProcess what each process counted
 */
public record BenchResult(
        String group, String name, String implementation, Map<String, String> parameters, List<Double> samples,
        Map<String, Double> counters, List<Map<String, Double>> countersByProcess) {
    public BenchResult {
        parameters = parameters == null ? Map.of() : new TreeMap<>(parameters);
        samples = samples == null ? List.of() : List.copyOf(samples);
        Map<String, Double> alone = counters == null ? Map.of() : counters;
        countersByProcess = countersByProcess == null ? List.of(alone) : List.copyOf(countersByProcess);
        counters = medians(countersByProcess);
    }

    /** Of one process, or what a program printed that knows of one alone. */
    public BenchResult(
            String group, String name, String implementation, Map<String, String> parameters, List<Double> samples,
            Map<String, Double> counters) {
        this(group, name, implementation, parameters, samples, counters, null);
    }

    private static Map<String, Double> medians(List<Map<String, Double>> processes) {
        Map<String, List<Double>> values = new TreeMap<>();
        processes.forEach(process -> process.forEach(
                (name, value) -> values.computeIfAbsent(name, unused -> new ArrayList<>()).add(value)));
        Map<String, Double> medians = new TreeMap<>();
        values.forEach((name, all) -> medians.put(name, Statistics.median(all)));
        return medians;
    }

    /** Seconds a call: the median over processes. */
    double seconds() {
        return Statistics.median(samples);
    }

    /** See {@link Statistics#spread}. */
    double spread() {
        return Statistics.spread(samples);
    }

    /** A counter; NaN when it was not counted. */
    double counter(String counter) {
        return counters.getOrDefault(counter, Double.NaN);
    }

    /** A parameter; empty when the benchmark has none of that name. */
    String parameter(String parameter) {
        return parameters.getOrDefault(parameter, "");
    }

    /** Whether the other is of the same benchmark in the same library. */
    boolean isSameAs(BenchResult other) {
        return group.equals(other.group) && name.equals(other.name) && implementation.equals(other.implementation)
                && parameters.equals(other.parameters);
    }

    /** The same with the samples and counters of another run after its own. */
    BenchResult with(BenchResult later) {
        return new BenchResult(group, name, implementation, parameters, together(samples, later.samples), counters,
                together(countersByProcess, later.countersByProcess));
    }

    private static <T> List<T> together(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
