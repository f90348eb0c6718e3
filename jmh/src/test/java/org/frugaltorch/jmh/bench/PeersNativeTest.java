package org.frugaltorch.jmh.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.frugaltorch.finetune.measure.Machine;
import org.frugaltorch.jmh.Counters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The other bindings compute what we compute; only where they were built ({@code -Ppeers}). */
class PeersNativeTest {
    @TempDir
    private Path folder;

    @Test
    void allTakeTheSameStepAndTheSameOperators() {
        Installation installation = Installation.here();
        assumeThat(installation.has(Implementation.DJL)).as("DJL and JavaCPP were built").isTrue();
        List<Job> jobs = new Plan(Preset.TINY, List.of(BenchGroup.OPERATORS, BenchGroup.SAME_STEP),
                installation.javaLibraries(), "cpu", Machine.here()).jobs();
        JavaProcesses java = new JavaProcesses(
                installation, ChildEnvironment.of(2, System.getenv()), folder.resolve("work"),
                folder.resolve("jmh.log"));
        BenchResults results = new BenchRun(
                java, Optional.empty(), folder.resolve("results.json"), Duration.ofHours(1), line -> { })
                .run(jobs, 1, BenchResults.empty("test", Map.of()));
        assertThat(results.failures()).isEmpty();
        assertThat(results.results()).hasSameSizeAs(jobs);
        assertThat(results.of(BenchGroup.SAME_STEP)).hasSize(2 * (4 + 1))
                .allSatisfy(result -> assertThat(result.counter(Counters.LOSS)).isPositive());
    }
}
