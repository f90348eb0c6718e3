package org.frugaltorch.jmh;

import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * A profiler of JMH: reports the {@link Counters} of a benchmark. JMH's own counters would be added up over iterations.
 */
public final class CountersProfiler implements InternalProfiler {
    /** JMH makes it by name. */
    public CountersProfiler() {}

    @Override
    public String getDescription() {
        return "Memory and other numbers that benchmarks count";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        // Counted when a benchmark is set up.
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        List<ScalarResult> results = Counters.all().entrySet().stream()
                .map(counter -> new ScalarResult(
                        counter.getKey(), counter.getValue(), unit(counter.getKey()), AggregationPolicy.MAX))
                .toList();
        return results;
    }

    private static String unit(String counter) {
        return counter.equals(Counters.BYTES) || counter.endsWith("Bytes") ? "bytes" : "";
    }
}
