package org.frugaltorch.jmh.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.measure.Machine;
import org.frugaltorch.io.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchResultsTest {
    @TempDir
    private Path folder;

    @Test
    void comesBackAsItWasWritten() {
        Path file = folder.resolve("deep/results.json");
        SampleResults.all().write(file);
        assertThat(BenchResults.read(file)).isEqualTo(SampleResults.all());
    }

    @Test
    void samplesOfTheSameBenchmarkComeTogether() {
        BenchResults empty = BenchResults.empty("x", Map.of());
        BenchResults all = empty.with(SampleResults.operator("add", "DJL", 3.0))
                .with(SampleResults.operator("add", "DJL", 5.0))
                .with(SampleResults.operator("add", "FrugalTorch", 1.0))
                .with(SampleResults.operator("mul", "DJL", 2.0));
        assertThat(all.results()).hasSize(3);
        assertThat(all.results().getFirst().samples()).containsExactly(3.0, 5.0);
        assertThat(all.results().getFirst().seconds()).isEqualTo(4);
    }

    @Test
    void countersAreMediansToo() {
        BenchResults all = BenchResults.empty("x", Map.of());
        for (double bytes : new double[] {30, 10, 20}) {
            all = all.with(new BenchResult("same-step", "step", "DJL", Map.of(), List.of(1.0), Map.of("bytes", bytes)));
        }
        assertThat(all.results()).singleElement().satisfies(result -> {
            assertThat(result.counter("bytes")).isEqualTo(20);
            assertThat(result.countersByProcess()).hasSize(3);
        });
    }

    /** No figure would say which of them it is of. */
    @Test
    void runsOfOneMachineComeTogetherAndThoseOfSeveralDoNot() {
        BenchResults sample = SampleResults.all();
        BenchResults own = new BenchResults("own", sample.machine(), Map.of("Java", "25"), List.of(), List.of())
                .with(SampleResults.operator("add", "FrugalTorch", 1.0));
        BenchResults both = own.with(sample);
        assertThat(both.command()).isEqualTo("own");
        assertThat(both.versions()).containsEntry("Java", "25").containsKey("DJL");
        assertThat(both.results().getFirst().samples()).hasSize(4);
        assertThat(both.failures()).containsExactly("JavaCPP is left out");
        BenchResults elsewhere = new BenchResults("own", new Machine("Linux", "Another", List.of(), 1, 1), Map.of(),
                List.of(), List.of());
        assertThatThrownBy(() -> elsewhere.with(sample)).isInstanceOf(DataException.class)
                .hasMessageContaining("several machines do not go into one report");
    }

    @Test
    void failuresAreToldOnce() {
        assertThat(BenchResults.empty("x", Map.of()).withFailure("a").withFailure("b").withFailure("a").failures())
                .isEqualTo(List.of("a", "b"));
    }

    @Test
    void readsWhatPythonPrints() throws IOException {
        Path file = Files.writeString(folder.resolve("python.json"), """
                {"command": "bench.py", "machine": {"system": "Linux", "processor": "P", "features": [], "threads": 4,
                 "memoryBytes": 1}, "versions": {"torch": "2.13.0"}, "results": [{"group": "operators", "name": "add",
                 "implementation": "PyTorch", "parameters": {}, "samples": [1e-6], "counters": {"peakBytes": 12}}]}
                """);
        BenchResults read = BenchResults.read(file);
        assertThat(read.results().getFirst().seconds()).isEqualTo(1e-6);
        assertThat(read.results().getFirst().counter("peakBytes")).isEqualTo(12);
        assertThat(read.failures()).isEmpty();
    }

    @Test
    void refusesOtherFiles() throws IOException {
        Path file = Files.writeString(folder.resolve("other.json"), "{\"a\": 1}");
        assertThatThrownBy(() -> BenchResults.read(file))
                .isInstanceOf(DataException.class).hasMessageContaining("no results");
        Path broken = Files.writeString(folder.resolve("broken.json"), "{");
        assertThatThrownBy(() -> BenchResults.read(broken))
                .isInstanceOf(DataException.class).hasMessageContaining("no results");
        assertThatThrownBy(() -> BenchResults.read(folder.resolve("none"))).isInstanceOf(DataException.class);
    }
}
