package org.frugaltorch.jmh;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
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
 * A profiler of JMH: nanoseconds of the processor that the benchmark's threads used a call. Unlike the time on the
 * clock it does not count the time in which other programs had the processor.
 */
public final class ProcessorTime implements InternalProfiler {
    /** Name of its result. */
    public static final String RESULT = "processor";

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final String NAME_OF_WORKERS = "-jmh-worker-";
    private long before;

    /** JMH makes it by name. */
    public ProcessorTime() {}

    @Override
    public String getDescription() {
        return "Processor time of the benchmark's threads";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        before = ofWorkers();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double perCall = (double) (ofWorkers() - before) / result.getMetadata().getAllOps();
        return List.of(new ScalarResult(RESULT, perCall, "ns/op", AggregationPolicy.AVG));
    }

    private static long ofWorkers() {
        return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().contains(NAME_OF_WORKERS))
                .mapToLong(ThreadInfo::getThreadId).map(THREADS::getThreadCpuTime).sum();
    }
}
