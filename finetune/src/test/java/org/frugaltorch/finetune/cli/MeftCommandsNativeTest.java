package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.TinyBert;
import org.frugaltorch.io.SafetensorsFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reversible fine-tuning from the command line: trained, resumed, stored, predicted with, measured, refused. */
class MeftCommandsNativeTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private static Path shared;
    private static Path model;
    private static Path train;
    private static Path eval;

    @TempDir
    private Path folder;

    @BeforeAll
    static void prepare() {
        model = TinyBert.write(shared.resolve("model"), 64, 95);
        train = TinyBert.sentences(shared.resolve("train.tsv"), 96, 1);
        eval = TinyBert.sentences(shared.resolve("eval.tsv"), 24, 2);
    }

    private CommandRun classify(Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of("classify", "--model", model.toString(),
                "--train", train.toString(), "--eval", eval.toString(), "--text-column", "text", "--label-column", "label",
                "--batch-size", "16", "--learning-rate", "5e-3", "--out", out.toString()));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({"1, meft1, ''", "2, meft2+tokentune-0.5, --tokentune 0.5",
        "3, meft3-lora+nf4, --meft-lora 4 --meft-4bit"})
    void whatIsTrainedIsStoredAndPredictsTheSame(int variant, String name, String more) throws IOException {
        List<String> options = new ArrayList<>(List.of("--meft", Integer.toString(variant), "--epochs", "4"));
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
        assertThat(config.path("base_model_name_or_path").asText()).isEqualTo(model.toString());
        assertThat(config.path("variant").asText()).isEqualTo("meft" + variant);
        try (SafetensorsFile weights = SafetensorsFile.open(trained.resolve("adapter_model.safetensors"))) {
            assertThat(weights.names()).contains("classifier.weight").noneMatch(weight -> weight.contains("embeddings"));
        }
        Path predicted = folder.resolve("predicted.tsv");
        Path scores = folder.resolve("scores.json");
        CommandRun predict = CommandRun.of("predict", "--model", trained.toString(), "--input", eval.toString(),
                "--text-column", "text", "--label-column", "label", "--out", predicted.toString(), "--json",
                scores.toString());
        assertThat(predict.exitCode()).as(predict.err()).isZero();
        assertThat(Files.readAllLines(predicted)).hasSize(25);
        double accuracy = MAPPER.readTree(scores.toFile()).path("accuracy").asDouble(-1);
        assertThat(MAPPER.readTree(summary.toFile()).path(name).path("accuracy").asDouble(-2)).isEqualTo(accuracy);
    }

    @Test
    void theSameSeedGivesTheSameLossesAndAResumedRunGoesOnWithThem() {
        String[] settings = {"--meft", "3", "--max-steps", "6", "--eval-steps", "3", "--dropout", "0.1"};
        assertThat(classify(folder.resolve("once"), settings).exitCode()).isZero();
        assertThat(classify(folder.resolve("again"), settings).exitCode()).isZero();
        List<Double> losses = CommandRun.losses(folder.resolve("once/meft3"));
        assertThat(losses).hasSize(6).isEqualTo(CommandRun.losses(folder.resolve("again/meft3")));
        assertThat(classify(folder.resolve("again"), "--meft", "3", "--max-steps", "6", "--eval-steps", "3", "--dropout",
                        "0.1", "--meft-factors", "0.2,0.2", "--resume").sentence())
                .contains("is of a run with other settings").contains("lambda=0.1").contains("lambda=0.2");
    }

    @Test
    void aBaseThatMovedIsNamed() throws IOException {
        Path base = TinyBert.write(folder.resolve("base"), 64, 95);
        CommandRun run = CommandRun.of("classify", "--model", base.toString(), "--train", train.toString(), "--eval",
                eval.toString(), "--text-column", "text", "--label-column", "label", "--max-steps", "1", "--meft", "1",
                "--out", folder.resolve("run").toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        Path moved = Files.move(base, folder.resolve("moved"));
        String trained = folder.resolve("run/meft1/model").toString();
        Path out = folder.resolve("predicted.tsv");
        assertThat(CommandRun.of("predict", "--model", trained, "--input", eval.toString(), "--text-column", "text",
                        "--out", out.toString()).sentence())
                .contains(base.toString()).contains("--base");
        assertThat(out).doesNotExist();
        assertThat(CommandRun.of("predict", "--model", trained, "--base", moved.toString(), "--input", eval.toString(),
                "--text-column", "text", "--out", out.toString()).exitCode()).isZero();
        assertThat(CommandRun.of("predict", "--model", moved.toString(), "--base", moved.toString(), "--input",
                        eval.toString(), "--text-column", "text", "--out", out.toString()).sentence())
                .contains("holds a whole model");
    }

    @Test
    void memoryOfMethodsBesideOneAnother() throws IOException {
        Path file = folder.resolve("memory.json");
        CommandRun run = CommandRun.of("memory", "--config", model.toString(), "--batch", "8", "--seq", "32", "--methods",
                "full,lora,qlora,tokentune-0.25,meft1,meft2+tokentune-0.25,meft3", "--meft-adapter-size", "4", "--json",
                file.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Over rest", "meft2+tokentune-0.25");
        JsonNode results = MAPPER.readTree(file.toFile());
        JsonNode full = results.get(0);
        for (JsonNode result : results) {
            assertThat(result.path("overRestBytes").asLong()).isEqualTo(result.path("peakBytes").asLong()
                    - result.path("weightBytes").asLong() - result.path("optimizerBytes").asLong());
            if (result.path("method").asText().startsWith("meft")) {
                assertThat(result.path("savedActivationBytes").asLong())
                        .isLessThan(full.path("savedActivationBytes").asLong() / 4);
                assertThat(result.path("gradientBytes").asLong()).isLessThan(full.path("gradientBytes").asLong() / 10);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--meft 4 | There is no MEFT4",
        "--meft 1 --meft-factors 0,1 | lambda must be a multiple of 0.001 from 0.001 to 10, not 0.0",
        "--meft 1 --meft-factors 0.1 | needs two numbers",
        "--meft 1 --meft-adapter-size 0 | width must be at least 1, not 0",
        "--meft 1 --meft-layers 3 | The model has 2 layers, so 3 of them cannot be reversible",
        "--meft 1 --meft-layers 0 | nothing would be trained",
        "--meft 1 --meft-shallow cold | Unknown treatment of shallow layers 'cold'",
        "--meft 1 --meft-reconstruction best | Unknown reconstruction 'best'",
        "--meft 1 --meft-adapter-activation step | Unknown activation 'step'",
        "--meft 1 --meft-lora 2 --meft-adapter-size 3 | takes the place of bottlenecks",
        "--meft 1 --meft-lora-alpha 2 | which is not given",
        "--meft 1 --meft-lora 2 --meft-lora-target-modules q_proj | match no linear layer of a reversible block",
        "--meft-adapter-size 8 | say how --meft works, which is not given",
        "--meft 1 --recompute | keep no activations",
        "--meft 1 --meft-adapter-dropout 1 | dropout must be in [0, 1), not 1.0"})
    void settingsThatMakeNoSense(String options, String sentence) {
        List<String> all = new ArrayList<>(List.of(options.split(" ")));
        all.addAll(List.of("--max-steps", "1"));
        Path out = folder.resolve("refused");
        assertThat(classify(out, all.toArray(String[]::new)).sentence()).contains(sentence);
        assertThat(out.resolve("report.html")).doesNotExist();
    }
}
