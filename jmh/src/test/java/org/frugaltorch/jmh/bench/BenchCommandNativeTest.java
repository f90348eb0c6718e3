package org.frugaltorch.jmh.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.frugaltorch.finetune.cli.Subcommand;
import org.frugaltorch.finetune.measure.Machine;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.jmh.Counters;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchCommandNativeTest {
    /** Pooled states, weights of the mean and scores of a few sequences. */
    private static final long BYTES_OF_THE_HEAD = 1500;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            err.append(failure.getMessage());
            return 1;
        });
        return line.execute(arguments);
    }

    @Test
    void isACommandOfFrugal() {
        assertThat(ServiceLoader.load(Subcommand.class)).hasExactlyElementsOfTypes(BenchCommand.class);
    }

    @Test
    void runsProcessesAndReportsThem() {
        int exit = run("--preset", "tiny", "--only", "generation", "--report", "--out", folder.toString());
        assertThat(exit).as(err.toString()).isZero();
        BenchResults results = BenchResults.read(folder.resolve("results.json"));
        assertThat(results.of(BenchGroup.GENERATION)).singleElement().satisfies(result -> {
            assertThat(result.seconds()).isBetween(1e-5, 60.0);
            assertThat(result.counter(Counters.PEAK)).isBetween(1e5, 1e8);
        });
        assertThat(out.toString()).contains("Generation", "llama-tiny", "report.html");
        assertThat(err.toString()).contains("[1/1]", "PyTorch and transformers are left out: name a Python");
        assertThat(folder.resolve("report.html")).exists();
        assertThat(folder.resolve("work")).doesNotExist();
    }

    @Test
    void stepsThatAreNoneAreRefusedBeforeAnythingIsMeasured() {
        assertThat(run("--only", "calls", "--steps", "bert-base-8x128", "--out", folder.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("--steps names training steps of same-step, which --only leaves out");
        assertThat(run("--only", "same-step", "--steps", "bert-base", "--out", folder.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("'bert-base' names no training step");
        assertThat(run("--only", "same-step", "--steps", "bert-huge-8x128", "--out", folder.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("bert-huge");
        assertThat(folder).isEmptyDirectory();
    }

    private BenchResults run(Duration limit, Job... jobs) {
        JavaProcesses java = new JavaProcesses(Installation.here(), ChildEnvironment.of(2, System.getenv()),
                folder.resolve("work"), folder.resolve("jmh.log"));
        return new BenchRun(java, Optional.empty(), folder.resolve("results.json"), limit, line -> { })
                .run(List.of(jobs), 1, BenchResults.empty("x", Map.of()));
    }

    @Test
    void processesFindWhatAllLibrariesWorkOn() {
        Job step = new Plan(Preset.TINY, List.of(BenchGroup.SAME_STEP), List.of(Implementation.FRUGALTORCH), "cpu",
                Machine.here()).jobs().getFirst();
        assertThat(run(Duration.ofMinutes(5), step).results()).singleElement().satisfies(result -> {
            assertThat(result.seconds()).isBetween(1e-5, 60.0);
            assertThat(result.counter(Counters.PEAK)).isBetween(1e5, 1e8);
            assertThat(result.counter(Counters.RESIDENT)).isPositive();
            assertThat(result.counter(Counters.LOSS)).isPositive();
        });
    }

    @Test
    void whatFailsIsToldAndLeftOut() {
        Job broken = new Job(BenchGroup.ENCODER_STEP, Implementation.FRUGALTORCH,
                "org.frugaltorch.jmh.EncoderStepBenchmark.step", "step",
                Map.of("shape", "minilim", "method", "full"), Effort.TINY);
        BenchResults results = run(Duration.ofMinutes(5), broken);
        assertThat(results.results()).isEmpty();
        assertThat(results.failures()).singleElement().asString().contains("Unknown shape 'minilim'")
                .contains("jmh.log");
    }

    @Test
    void nothingBeginsWhenTheTimeIsUp() {
        List<Job> jobs = new Plan(Preset.TINY, List.of(BenchGroup.CALLS), List.of(Implementation.FRUGALTORCH), "cpu",
                Machine.here()).jobs();
        BenchResults results = run(Duration.ofSeconds(-1), jobs.toArray(Job[]::new));
        assertThat(results.results()).isEmpty();
        assertThat(results.failures()).containsExactly(
                "the last 2 of 2 processes, since the time was up: from calls bare: FrugalTorch on");
        assertThat(BenchResults.read(folder.resolve("results.json"))).isEqualTo(results);
    }

    @Test
    void reportsWhatWasMeasuredElsewhere() {
        SampleResults.all().write(folder.resolve("a.json"));
        SampleResults.all().write(folder.resolve("b.json"));
        int exit = run("--from", folder.resolve("a.json") + "," + folder.resolve("b.json"), "--report", "--out",
                folder.resolve("both").toString(), "--json", folder.resolve("all.json").toString());
        assertThat(exit).as(err.toString()).isZero();
        assertThat(BenchResults.read(folder.resolve("all.json")).results().getFirst().samples()).hasSize(6);
        assertThat(folder.resolve("both/tables.md")).exists();
    }

    @Test
    void growsAsTheFormulaCounts() throws IOException {
        long handles = TensorScope.liveHandles();
        Path points = folder.resolve("points.json");
        int exit = run("--growth", "--preset", "tiny", "--out", folder.toString(), "--json", points.toString());
        assertThat(exit).as(err.toString()).isZero();
        assertThat(TensorScope.liveHandles()).isEqualTo(handles);
        assertThat(out.toString()).contains("Growth by sequence", "growth.html").doesNotContain("Not as the formula");
        assertThat(folder.resolve("growth.json")).exists();
        JsonNode measured = new ObjectMapper().readTree(points.toFile());
        assertThat(measured).hasSize(3 * 2 * 6 + 2 * 3);
        for (JsonNode point : measured) {
            if (point.path("method").asText().equals("meft1")) {
                assertThat(point.path("formulaBytes").asLong()).isEqualTo(Units.UNKNOWN);
            } else {
                assertThat(point.path("savedBytes").asLong() - point.path("formulaBytes").asLong())
                        .as(point.toString()).isBetween(0L, BYTES_OF_THE_HEAD);
            }
            assertThat(point.path("seconds").asDouble()).isPositive();
            assertThat(point.path("peakBytes").asLong()).isGreaterThan(point.path("savedBytes").asLong());
        }
    }

    @Test
    void badArgumentsAreASentence() {
        assertThat(run("--only", "operator")).isEqualTo(1);
        assertThat(err.toString()).contains("Unknown benchmarks 'operator'");
        assertThat(run("--quick", "--preset", "full")).isEqualTo(2);
        assertThat(run("--rounds", "0")).isEqualTo(2);
        assertThat(run("--threads", "0")).isEqualTo(2);
        assertThat(run("--minutes", "0")).isEqualTo(2);
        assertThat(run("--growth", "--device", "cuda")).isEqualTo(2);
        assertThat(run("--device", "tpu")).isEqualTo(1);
    }
}
