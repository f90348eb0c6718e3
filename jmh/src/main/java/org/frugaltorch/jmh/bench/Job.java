package org.frugaltorch.jmh.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One benchmark in one library: the work of one process a round.
 *
 * @param benchmark JMH's name of the benchmark; for Python, the name of the command
 * @param name in results
 * @param parameters of the benchmark
 */
record Job(
        BenchGroup group, Implementation implementation, String benchmark, String name, Map<String, String> parameters,
        Effort effort) {
    Job {
        parameters = new TreeMap<>(parameters);
    }

    /** Whether the processor time of the asking thread counts; a GPU works beside it. */
    boolean byProcessorTime() {
        return group.oneThread() && !parameters.containsKey("device");
    }

    /** The result of a process. */
    BenchResult result(double seconds, Map<String, Double> counters) {
        return new BenchResult(group.toString(), name, implementation.title(), parameters, List.of(seconds), counters);
    }

    /** Such as {@code encoder-step step, batch 32, shape minilm: DJL}. */
    @Override
    public String toString() {
        String values = parameters.entrySet().stream().map(entry -> ", " + entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining());
        return group + " " + name + values + ": " + implementation.title();
    }
}
