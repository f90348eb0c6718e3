package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.TinyLlama;
import org.frugaltorch.finetune.train.RunLog;
import org.frugaltorch.finetune.train.RunRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run that is killed and goes on gives the numbers and files of one that was not, to the last bit. */
@EnabledOnOs(OS.LINUX)
class FinetuneResumeNativeTest {
    private static final int STEPS = 40;

    @TempDir
    private static Path shared;
    private static Path model;
    private static Path data;

    @TempDir
    private Path folder;
    private final int threads = Engine.threads();

    @BeforeAll
    static void prepare() {
        model = TinyLlama.write(shared.resolve("llama"));
        data = TinyLlama.instructions(shared.resolve("tasks.jsonl"));
    }

    @AfterEach
    void restoreThreads() {
        Engine.setThreads(threads);
    }

    private static String[] command(Path out, String options, String... more) {
        // Sums depend on how threads share them, so both processes get as many.
        List<String> arguments = new ArrayList<>(List.of("finetune", "--model", model.toString(),
                "--dataset_name_or_path", data.toString(), "--val_set_size", "2", "--out", out.toString(),
                "--global_batch_size", "4", "--gradient_accumulation_steps", "2", "--num_epochs", "1000", "--max_steps", Integer.toString(STEPS),
                "--learning_rate", "5e-3", "--save_steps", "4", "--threads", "1"));
        if (options != null) {
            arguments.addAll(List.of(options.split(" ")));
        }
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource({
        "llama-tasks-tokentune-0.5, --tokentune --prefix_length 0.5",
        "llama-tasks-lora, --lora",
        "llama-tasks-meft1-tokentune-0.5, --meft 1 --tokentune --prefix_length 0.5",
        "llama-tasks-meft3-lora-nf4, --meft 3 --meft-lora 4 --meft-adapter-dropout 0.1 --meft-4bit",
        "llama-tasks-lora-qlora-tokentune-0.5-recompute, --lora --qlora --tokentune --prefix_length 0.5 --recompute"})
    void aKilledRunGoesOnAsIfNothingHadHappened(String run, String options) throws Exception {
        Path whole = folder.resolve("whole");
        CommandRun uninterrupted = CommandRun.of(command(whole, options));
        assertThat(uninterrupted.exitCode()).as(uninterrupted.err()).isZero();

        Path killed = folder.resolve("killed");
        CommandRun.InProcess process = CommandRun.InProcess.start(
                List.of(), new ProcessBuilder(), folder.resolve("errors.txt"), command(killed, options));
        Path log = killed.resolve(run).resolve("log.jsonl");
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!Files.exists(log) || steps(log).size() < 6) {
            assertThat(process.process().isAlive()).as("still running; it said: %s", Files.readString(process.errors()))
                    .isTrue();
            assertThat(System.nanoTime()).as("time").isLessThan(deadline);
            Thread.sleep(1);
        }
        process.signal("KILL");
        assertThat(process.end().exitCode()).isEqualTo(137);
        assertThat(steps(log).size()).isBetween(6, STEPS - 1);

        CommandRun resumed = CommandRun.of(command(killed, options, "--resume"));
        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        assertThat(numbers(log)).hasSize(STEPS)
                .containsExactlyElementsOf(numbers(whole.resolve(run).resolve("log.jsonl")));
        for (Path file : files(whole.resolve(run).resolve("model"))) {
            assertThat(killed.resolve(run).resolve("model").resolve(file.getFileName())).hasSameBinaryContentAs(file);
        }
    }

    /** All of a step, to the last bit, that does not depend on the clock. */
    private static List<String> numbers(Path log) {
        return steps(log).stream()
                .map(s -> s.step() + ": loss " + s.loss() + ", norm " + s.gradNorm() + ", rate " + s.learningRate())
                .toList();
    }

    private static List<RunRecord.Step> steps(Path log) {
        return RunLog.read(log).stream()
                .filter(RunRecord.Step.class::isInstance).map(RunRecord.Step.class::cast).toList();
    }

    private static List<Path> files(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            List<Path> all = files.toList();
            assertThat(all).hasSizeGreaterThan(2);
            return all;
        }
    }
}
