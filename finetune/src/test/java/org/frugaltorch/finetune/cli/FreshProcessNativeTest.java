package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.frugaltorch.bindings.NativeLibrary;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.TinyBert;
import org.frugaltorch.finetune.train.RunLog;
import org.frugaltorch.finetune.train.RunRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What needs a process of its own: another libtorch, an interrupt, a kill. */
@EnabledOnOs(OS.LINUX)
class FreshProcessNativeTest {
    @TempDir
    private static Path shared;
    private static Path model;
    private static Path train;
    private static Path eval;

    @TempDir
    private Path folder;
    private final int threads = Engine.threads();

    @BeforeAll
    static void prepare() {
        model = TinyBert.write(shared.resolve("model"));
        train = TinyBert.sentences(shared.resolve("train.tsv"), 200, 1);
        eval = TinyBert.sentences(shared.resolve("eval.tsv"), 16, 2);
    }

    private static String[] classify(Path model, Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of("classify", "--model", model.toString(),
                "--train", train.toString(), "--eval", eval.toString(), "--text-column", "text", "--label-column", "label",
                "--batch-size", "8", "--learning-rate", "1e-3", "--out", out.toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private CommandRun.InProcess start(List<String> options, ProcessBuilder builder, String... arguments) {
        return CommandRun.InProcess.start(options, builder, folder.resolve("errors.txt"), arguments);
    }

    private static ProcessBuilder environment() {
        ProcessBuilder builder = new ProcessBuilder();
        builder.environment().keySet().removeIf(name -> name.startsWith("LIBTORCH") || name.startsWith("FRUGAL"));
        return builder;
    }

    // ---- libtorch ---------------------------------------------------------------------------------------------------

    @Test
    void noLibtorch() {
        Path out = folder.resolve("out");
        String sentence = start(List.of("-Dfrugaltorch.cache=" + folder.resolve("cache")), environment(),
                classify(model, out)).end().sentence();
        assertThat(sentence).contains("No libtorch was found. Looked at: -Dlibtorch.home (not set); LIBTORCH_HOME (not set)",
                folder.resolve("cache").toString(), "or set LIBTORCH_HOME");
        assertThat(out).doesNotExist();
    }

    @Test
    void aWrongLibtorch() throws IOException {
        Path out = folder.resolve("out");
        String nowhere = start(List.of("-Dlibtorch.home=/nowhere"), environment(), classify(model, out)).end().sentence();
        assertThat(nowhere).contains("-Dlibtorch.home is set to /nowhere, which is not a folder");

        ProcessBuilder builder = environment();
        builder.environment().put("LIBTORCH_HOME", folder.toString());
        assertThat(start(List.of(), builder, classify(model, out)).end().sentence())
                .contains("LIBTORCH_HOME is set to " + folder + ", which holds no libtorch_cpu.so");

        Files.writeString(folder.resolve("libtorch_cpu.so"), "no library");
        assertThat(start(List.of("-Dlibtorch.home=" + folder), environment(), classify(model, out)).end().sentence())
                .contains("libtorch_cpu.so");
        assertThat(out).doesNotExist();
    }

    /** The same library from another place is another library to the process, but the same arithmetic. */
    @Test
    void anotherBlasLibrary() throws IOException {
        String[] arguments = {"--max-steps", "3", "--threads", "1", "--dropout", "0"};
        Path own = folder.resolve("own");
        Path other = folder.resolve("other");
        assertThat(start(List.of(), environment(), classify(model, own, arguments)).end().exitCode()).isZero();

        Path home = NativeLibrary.info().home();
        Path library = Files.copy(home.resolve("libopenblas.so.0"), folder.resolve("libblas.so"));
        for (String needed : List.of("libgfortran.so.5", "libquadmath.so.0")) { // not every machine has them
            Files.copy(home.resolve(needed), folder.resolve(needed));
        }
        ProcessBuilder builder = environment();
        builder.environment().put("FRUGALTORCH_BLAS", library.toString());
        CommandRun with = start(List.of(), builder, classify(model, other, arguments)).end();
        assertThat(with.exitCode()).as(with.err()).isZero();
        assertThat(CommandRun.losses(other.resolve("full")))
                .isEqualTo(CommandRun.losses(own.resolve("full")));

        builder.environment().put("FRUGALTORCH_BLAS", "/nowhere");
        assertThat(start(List.of(), builder, classify(model, folder.resolve("none"))).end().sentence())
                .contains("FRUGALTORCH_BLAS (or -Dfrugaltorch.blas) is set to /nowhere");
    }

    // ---- interrupts -------------------------------------------------------------------------------------------------

    @Test
    void anInterruptWhileSavingLeavesTheOldModelOrTheNewOne() throws Exception {
        Path large = TinyBert.write(shared.resolve("large"), 64, 20_000);
        Path out = folder.resolve("out");
        CommandRun.InProcess run = start(List.of(), environment(),
                classify(large, out, "--epochs", "100", "--eval-steps", "1", "--no-checkpoint"));
        Path saved = out.resolve("full/model");
        await(run, () -> Files.exists(saved.resolve("config.json")));
        await(run, () -> hidden(out).stream().anyMatch(name -> name.startsWith(".model.") && name.endsWith(".tmp")));
        run.signal("INT");

        assertThat(run.end().exitCode()).isEqualTo(130);
        assertThat(Files.readString(run.errors())).doesNotContain("frugal:");
        assertThat(hidden(out)).isEmpty();
        CommandRun predicted = CommandRun.of("predict", "--model", saved.toString(), "--input", eval.toString(),
                "--text-column", "text", "--out", folder.resolve("p.tsv").toString());
        assertThat(predicted.exitCode()).as(predicted.err()).isZero();
    }

    @AfterEach
    void restoreThreads() {
        Engine.setThreads(threads);
    }

    @Test
    void aKilledRunGoesOnAsIfNothingHadHappened() throws Exception {
        // Sums depend on how threads share them, so both processes get as many.
        String[] settings = {"--tokentune", "0.4", "--max-steps", "60", "--eval-steps", "4", "--threads", "1"};
        Path whole = folder.resolve("whole");
        assertThat(CommandRun.of(classify(model, whole, settings)).exitCode()).isZero();

        Path killed = folder.resolve("killed");
        CommandRun.InProcess run = start(List.of(), environment(), classify(model, killed, settings));
        Path log = killed.resolve("tokentune-0.4/log.jsonl");
        await(run, () -> Files.exists(log) && steps(log).size() >= 10);
        run.signal("KILL");
        assertThat(run.end().exitCode()).isEqualTo(137);
        assertThat(steps(log).size()).isBetween(10, 59);

        List<String> resume = new ArrayList<>(List.of(settings));
        resume.add("--resume");
        CommandRun resumed = CommandRun.of(classify(model, killed, resume.toArray(String[]::new)));
        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        assertThat(steps(log)).hasSize(60);
        assertThat(numbers(log)).containsExactlyElementsOf(numbers(whole.resolve("tokentune-0.4/log.jsonl")));
        for (String file : List.of("model.safetensors", "config.json")) {
            assertThat(killed.resolve("tokentune-0.4/model").resolve(file))
                    .hasSameBinaryContentAs(whole.resolve("tokentune-0.4/model").resolve(file));
        }
        assertThat(killed.resolve("summary.json")).content().contains("\"peakBytes\"").doesNotContain("\"peakBytes\" : 0");
    }

    /** All of a step, to the last bit, that does not depend on the clock. */
    private static List<String> numbers(Path log) {
        return steps(log).stream()
                .map(s -> s.step() + ": loss " + s.loss() + ", norm " + s.gradNorm() + ", rate " + s.learningRate())
                .toList();
    }

    private static List<RunRecord.Step> steps(Path log) {
        return RunLog.read(log).stream().filter(RunRecord.Step.class::isInstance).map(RunRecord.Step.class::cast).toList();
    }

    private static List<String> hidden(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith(".")).toList();
        } catch (IOException | UncheckedIOException changing) {
            return List.of(); // a file went while we looked
        }
    }

    private static void await(CommandRun.InProcess run, BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(run.process().isAlive()).as("still running; it said: %s", Files.readString(run.errors())).isTrue();
            assertThat(System.nanoTime()).as("time").isLessThan(deadline);
            Thread.sleep(1);
        }
    }
}
