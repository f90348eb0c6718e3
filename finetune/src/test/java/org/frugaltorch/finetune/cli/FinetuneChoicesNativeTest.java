package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.train.RunLog;
import org.frugaltorch.finetune.train.RunRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Questions with answers to choose from, learnt and judged from the command line, by decoders of every family. */
class FinetuneChoicesNativeTest {
    private static final Path QUESTIONS = Golden.directory("choices");

    @TempDir
    private Path folder;

    /** A tiny decoder with the tokenizer of the questions, whose tokens are as many as all decoders have. */
    private Path model(String name) throws IOException {
        Path model = Files.createDirectories(folder.resolve(name));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(Golden.directory(name).resolve(file), model.resolve(file));
        }
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(QUESTIONS.resolve(file), model.resolve(file));
        }
        return model;
    }

    private CommandRun finetune(Path model, Path data, String... more) {
        return CommandRun.of(Stream.concat(Stream.of("finetune", "--model", model.toString(), "--dataset-name-or-path",
                data.toString(), "--out", folder.resolve("out").toString(), "--global-batch-size", "3",
                "--gradient-accumulation-steps", "1", "--learning-rate", "1e-2"), Stream.of(more))
                .toArray(String[]::new));
    }

    private static List<Map<String, Double>> evaluations(Path run) {
        return RunLog.read(run.resolve("log.jsonl")).stream().filter(RunRecord.Evaluation.class::isInstance)
                .map(line -> ((RunRecord.Evaluation) line).metrics()).toList();
    }

    @ParameterizedTest
    @CsvSource({"opt, '', opt-arc", "opt, --lora --lora-dropout 0.3 --lora-target-modules all-linear, opt-arc-lora",
        "opt, --lora --qlora --lora-target-modules all-linear --tokentune --prefix-length 0.5,"
                + " opt-arc-lora-qlora-tokentune-0.5",
        "llama, --tokentune --prefix-length 0.5 --lean, llama-arc-tokentune-0.5-lean",
        "qwen3, --lora --chunked-loss --recompute, qwen3-arc-lora-recompute"})
    void learnsToChooseAndKeepsTheBestByAccuracy(String family, String options, String folderName) throws IOException {
        Path model = model(family);
        Path arc = QUESTIONS.resolve("arc.jsonl");
        Path json = folder.resolve("result.json");
        List<String> more = new ArrayList<>(List.of("--task", "arc_easy", "--eval-file", arc.toString(), "--num-epochs",
                "24", "--save-steps", "4", "--json", json.toString()));
        if (!options.isEmpty()) {
            more.addAll(List.of(options.split(" ")));
        }
        CommandRun run = finetune(model, arc, more.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        Path trained = folder.resolve("out").resolve(folderName);
        List<Map<String, Double>> evaluations = evaluations(trained);
        assertThat(evaluations).hasSize(6).allSatisfy(metrics -> assertThat(metrics)
                .containsOnlyKeys("loss", "perplexity", "accuracy", "acc_norm", "acc_bytes"));
        double best = evaluations.stream().mapToDouble(metrics -> metrics.get("accuracy")).max().orElseThrow();
        JsonNode summary = new ObjectMapper().readTree(json.toFile());
        JsonNode result = summary.elements().next();
        assertThat(result.path("accuracy").asDouble()).isEqualTo(best);
        assertThat(best).isGreaterThan(0.9);

        // What evaluation says of what was saved, with dropout or not, is what the log says.
        List<String> arguments = new ArrayList<>(List.of("evaluate", "--task", "arc_easy", "--data", arc.toString(),
                "--json", json.toString()));
        boolean adapter = Files.exists(trained.resolve("model/adapter_config.json"));
        arguments.addAll(adapter
                ? List.of("--model", model.toString(), "--adapter", trained.resolve("model").toString())
                : List.of("--model", trained.resolve("model").toString()));
        CommandRun evaluated = CommandRun.of(arguments.toArray(String[]::new));
        assertThat(evaluated.exitCode()).as(evaluated.err()).isZero();
        if (!options.contains("--qlora")) { // evaluation has the matrices as they were before quantisation
            JsonNode scores = new ObjectMapper().readTree(json.toFile());
            assertThat(scores.path("acc").asDouble()).isEqualTo(best);
        }
    }

    static List<String> decoders() {
        return Golden.decoders();
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void everyDecoderIsFineTunedOnItsUsualLayers(String family) throws IOException {
        Path data = Files.writeString(folder.resolve("qa.jsonl"), """
                {"question_stem": "The sun is", "choices": {"text": ["hot", "cold"], "label": ["A", "B"]}, "answerKey": "A"}
                {"question_stem": "Ice is", "choices": {"text": ["hot", "cold"], "label": ["A", "B"]}, "answerKey": "B"}
                {"question_stem": "Cats eat", "choices": {"text": ["fish", "tea"], "label": ["A", "B"]}, "answerKey": "A"}
                """);
        CommandRun run = finetune(model(family), data, "--task", "openbookqa", "--val-set-size", "1", "--max-steps", "2",
                "--lora", "--tokentune", "--prefix-length", "0.5");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("2 examples to learn from, 1 of the data held out");
        assertThat(folder.resolve("out").resolve(family + "-qa-lora-tokentune-0.5/model/adapter_config.json")).exists();
    }

    @Test
    void theBestMayBeChosenByAnotherMetric() throws IOException {
        Path arc = QUESTIONS.resolve("arc.jsonl");
        CommandRun run = finetune(model("opt"), arc, "--task", "arc_challenge", "--eval-file", arc.toString(),
                "--num-epochs", "8", "--save-steps", "2", "--metric-for-best-model", "loss",
                "--json", folder.resolve("result.json").toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        double best = evaluations(folder.resolve("out/opt-arc")).stream()
                .mapToDouble(metrics -> metrics.get("loss")).min().orElseThrow();
        JsonNode result = new ObjectMapper().readTree(folder.resolve("result.json").toFile()).elements().next();
        assertThat(result.path("metrics").path("loss").asDouble()).isEqualTo(best);
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() throws IOException {
        Path model = model("opt");
        Path arc = QUESTIONS.resolve("arc.jsonl");
        assertThat(finetune(model, arc, "--task", "arc_esy").sentence()).contains("There is no task 'arc_esy'");
        assertThat(finetune(model, arc, "--task", "arc_easy", "--add-eos-token").sentence())
                .contains("leave out --add-eos-token");
        assertThat(finetune(model, arc, "--metric-for-best-model", "accuracy").sentence()).contains("--task");
        assertThat(finetune(model, arc, "--task", "arc_easy", "--metric-for-best-model", "f1").sentence())
                .contains("not chosen by 'f1', but by accuracy, acc_norm, loss");
        assertThat(finetune(model, arc, "--task", "piqa").sentence())
                .contains("arc.jsonl, line 1: the field 'sol1' is missing");
        assertThat(finetune(model, arc, "--lora", "--lora-target-modules", "gate_proj").sentence())
                .contains("No linear layer is called gate_proj").contains("this model has");
        assertThat(folder.resolve("out")).doesNotExist();
    }
}
