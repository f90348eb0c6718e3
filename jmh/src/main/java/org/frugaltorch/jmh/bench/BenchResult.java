package org.frugaltorch.jmh.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one benchmark came to in one library. The Python programs print the same.
 *
 * @param group see {@link BenchGroup}
 * @param name of the benchmark in its group, such as {@code add} or {@code step}
 * @param implementation the library
 * @param parameters that the benchmark was run with, such as {@code shape} and {@code method}
 * @param samples seconds a call, one median a process
 * @param counters what was counted beside the time, by the names of {@link org.frugaltorch.jmh.Counters}
 */
public record BenchResult(
        String group, String name, String implementation, Map<String, String> parameters, List<Double> samples,
        Map<String, Double> counters) {
    public BenchResult {
        parameters = parameters == null ? Map.of() : new TreeMap<>(parameters);
        samples = samples == null ? List.of() : List.copyOf(samples);
        counters = counters == null ? Map.of() : new TreeMap<>(counters);
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

    /** The same with the samples of another run after its own; counters are the other's. */
    BenchResult with(BenchResult later) {
        List<Double> all = new java.util.ArrayList<>(samples);
        all.addAll(later.samples);
        return new BenchResult(group, name, implementation, parameters, all, later.counters);
    }
}
