package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.TinyBert;
import org.frugaltorch.io.SafetensorsFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters on classifiers from the command line: trained, resumed, predicted with, merged, refused. */
class LoraClassifyNativeTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

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
        model = TinyBert.write(shared.resolve("model"), 64, 95);
        train = TinyBert.sentences(shared.resolve("train.tsv"), 96, 1);
        eval = TinyBert.sentences(shared.resolve("eval.tsv"), 24, 2);
    }

    @AfterEach
    void restoreThreads() {
        Engine.setThreads(threads);
    }

    private static String[] command(Path model, Path out, String... more) {
        return Stream.concat(Stream.of("classify", "--model", model.toString(), "--train", train.toString(), "--eval",
                eval.toString(), "--text-column", "text", "--label-column", "label", "--batch-size", "16",
                "--learning-rate", "1e-2", "--out", out.toString()), Arrays.stream(more)).toArray(String[]::new);
    }

    private static CommandRun classify(Path out, String... more) {
        return CommandRun.of(command(model, out, more));
    }

    /** Lines of a table of predictions. */
    private List<String> predicted(Path trained, String... more) throws IOException {
        Path out = folder.resolve("predicted.tsv");
        Files.deleteIfExists(out);
        CommandRun run = CommandRun.of(Stream.concat(Stream.of("predict", "--model", trained.toString(), "--input",
                eval.toString(), "--text-column", "text", "--label-column", "label", "--out", out.toString(), "--json",
                folder.resolve("scores.json").toString()), Arrays.stream(more)).toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return Files.readAllLines(out);
    }

    @ParameterizedTest
    @CsvSource({"lora, ''", "lora+tokentune-0.5+lean, --tokentune 0.5 --lean --lora-rank 4 --use-rslora",
        "qlora+recompute, --quantize fp4 --recompute --target-modules all-linear"})
    void whatIsTrainedIsStoredPredictsTheSameAndMerges(String name, String more) throws IOException {
        List<String> options = new ArrayList<>(List.of("--lora", "--epochs", "6"));
        if (!more.isEmpty()) {
            options.addAll(List.of(more.split(" ")));
        }
        Path summary = folder.resolve("summary.json");
        options.addAll(List.of("--json", summary.toString()));
        CommandRun run = classify(folder.resolve("run"), options.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        Path method = folder.resolve("run").resolve(name);
        List<Double> losses = CommandRun.losses(method);
        assertThat(losses.subList(losses.size() - 4, losses.size())).allMatch(loss -> loss < losses.getFirst());

        Path trained = method.resolve("model");
        assertThat(trained.resolve("model.safetensors")).doesNotExist();
        JsonNode config = MAPPER.readTree(trained.resolve("adapter_config.json").toFile());
        assertThat(config.path("task_type").asText()).isEqualTo("SEQ_CLS");
        assertThat(config.path("modules_to_save").path(0).asText()).isEqualTo("classifier");
        try (SafetensorsFile weights = SafetensorsFile.open(trained.resolve("adapter_model.safetensors"))) {
            assertThat(weights.names()).contains("base_model.model.classifier.weight")
                    .noneMatch(weight -> weight.contains("embeddings"));
        }
        List<String> lines = predicted(trained);
        double accuracy = MAPPER.readTree(folder.resolve("scores.json").toFile()).path("accuracy").asDouble(-1);
        assertThat(MAPPER.readTree(summary.toFile()).path(name).path("accuracy").asDouble(-2)).isEqualTo(accuracy);
        assertThat(accuracy).isGreaterThan(0.5);

        Path merged = folder.resolve("merged");
        CommandRun merge = CommandRun.of("merge", "--adapter", trained.toString(), "--out", merged.toString());
        assertThat(merge.exitCode()).as(merge.err()).isZero();
        List<String> again = predicted(merged);
        assertThat(again).hasSameSizeAs(lines);
        for (int i = 1; i < lines.size(); i++) {
            String[] one = lines.get(i).split("\t");
            String[] other = again.get(i).split("\t");
            assertThat(other[1]).isEqualTo(one[1]);
            assertThat(Math.abs(Double.parseDouble(other[2]) - Double.parseDouble(one[2]))).isLessThan(1e-4);
        }
    }

    @Test
    void aBaseThatMovedIsNamed() throws IOException {
        Path base = TinyBert.write(folder.resolve("base"), 64, 95);
        CommandRun run = CommandRun.of(command(base, folder.resolve("run"), "--lora", "--max-steps", "1"));
        assertThat(run.exitCode()).as(run.err()).isZero();
        Path trained = folder.resolve("run/lora/model");
        List<String> before = predicted(trained);
        assertThat(CommandRun.of(command(trained, folder.resolve("other"), "--max-steps", "1")).sentence())
                .contains("holds adapters and no model").contains("frugal merge");
        Path moved = Files.move(base, folder.resolve("moved"));
        assertThat(CommandRun.of("predict", "--model", trained.toString(), "--input", eval.toString(), "--text-column",
                        "text", "--out", folder.resolve("none.tsv").toString()).sentence())
                .contains(base.toString()).contains("--base");
        assertThat(predicted(trained, "--base", moved.toString())).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"lora, --lora", "qlora+tokentune-0.5, --lora --qlora --tokentune 0.5"})
    void aKilledRunGoesOnAsIfNothingHadHappened(String name, String options) throws Exception {
        List<String> all = new ArrayList<>(List.of(options.split(" ")));
        all.addAll(List.of("--epochs", "100", "--max-steps", "30", "--eval-steps", "4", "--dropout", "0.1", "--threads", "1"));
        Path whole = folder.resolve("whole");
        CommandRun uninterrupted = classify(whole, all.toArray(String[]::new));
        assertThat(uninterrupted.exitCode()).as(uninterrupted.err()).isZero();

        Path killed = folder.resolve("killed");
        CommandRun.InProcess process = CommandRun.InProcess.start(List.of(), new ProcessBuilder(),
                folder.resolve("errors.txt"), command(model, killed, all.toArray(String[]::new)));
        Path log = killed.resolve(name).resolve("log.jsonl");
        long deadline = System.nanoTime() + 120_000_000_000L;
        while (!Files.exists(log) || CommandRun.losses(log.getParent()).size() < 6) {
            assertThat(process.process().isAlive()).as("still running; it said: %s", Files.readString(process.errors()))
                    .isTrue();
            assertThat(System.nanoTime()).as("time").isLessThan(deadline);
            Thread.sleep(1);
        }
        process.signal("KILL");
        assertThat(process.end().exitCode()).isEqualTo(137);
        assertThat(CommandRun.losses(log.getParent()).size()).isBetween(6, 29);
        all.add("--resume");
        CommandRun resumed = classify(killed, all.toArray(String[]::new));
        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        assertThat(CommandRun.losses(log.getParent())).hasSize(30).isEqualTo(CommandRun.losses(whole.resolve(name)));
        for (String file : List.of("adapter_model.safetensors", "adapter_config.json", "config.json")) {
            assertThat(killed.resolve(name).resolve("model").resolve(file))
                    .hasSameBinaryContentAs(whole.resolve(name).resolve("model").resolve(file));
        }
        all.addAll(List.of("--lora-alpha", "8"));
        assertThat(classify(killed, all.toArray(String[]::new)).sentence())
                .contains("is of a run with other settings").contains("loraAlpha");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--lora --target-modules qury,value | No linear layer is called qury (did you mean query?); this model has",
        "--lora --target-modules classifier | match only what is trained in full anyway",
        "--lora --meft 1 | give one of them",
        "--lora --lora-rank 0 | the rank must be at least 1, not 0",
        "--lora --quantize int8 | int8",
        "--lora-rank 4 | --lora-r says how --lora works, but --lora is not given",
        "--qlora | give --lora too"})
    void settingsThatMakeNoSense(String options, String sentence) {
        List<String> all = new ArrayList<>(List.of(options.split(" ")));
        all.addAll(List.of("--max-steps", "1"));
        Path out = folder.resolve("refused");
        assertThat(classify(out, all.toArray(String[]::new)).sentence()).contains(sentence);
        assertThat(out.resolve("report.html")).doesNotExist();
    }

    @Test
    void namesOfLayersAreCheckedBeforeWeightsAreRead() throws IOException {
        Path bare = Files.createDirectories(folder.resolve("bare"));
        for (String file : List.of("config.json", "vocab.txt")) {
            Files.copy(model.resolve(file), bare.resolve(file));
        }
        assertThat(CommandRun.of(command(bare, folder.resolve("out"), "--lora", "--target-modules", "dens")).sentence())
                .contains("did you mean dense?");
    }

    @Test
    void weightsInFourBitsNeedAnAdapter() {
        Path fourBits = folder.resolve("four-bits");
        assertThat(CommandRun.of("quantize", "--model", model.toString(), "--out", fourBits.toString()).exitCode())
                .isZero();
        assertThat(CommandRun.of(command(fourBits, folder.resolve("out"), "--max-steps", "1")).sentence())
                .contains("stored in four bits").contains("give --lora");
        assertThat(CommandRun.of(command(fourBits, folder.resolve("out"), "--max-steps", "1", "--lora")).exitCode())
                .isZero();
        Path trained = folder.resolve("out/lora/model");
        assertThat(CommandRun.of("merge", "--adapter", trained.toString(), "--out",
                folder.resolve("merged").toString()).exitCode()).isZero();
        assertThat(CommandRun.of("predict", "--model", folder.resolve("merged").toString(), "--input", eval.toString(),
                "--text-column", "text", "--out", folder.resolve("predicted.tsv").toString()).exitCode()).isZero();
    }
}
