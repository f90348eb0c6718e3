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
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.TinyLlama;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.train.RunLog;
import org.frugaltorch.finetune.train.RunRecord;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.tensor.DType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Reversible language models from the command line: trained, judged, used, refused. */
class MeftFinetuneNativeTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Path ARC = Golden.directory("choices").resolve("arc.jsonl");

    @TempDir
    private static Path shared;
    private static Path llama;
    private static Path tasks;

    @TempDir
    private Path folder;
    private final int threads = Engine.threads();

    @BeforeAll
    static void prepare() {
        llama = TinyLlama.write(shared.resolve("llama"));
        tasks = TinyLlama.instructions(shared.resolve("tasks.jsonl"));
    }

    /** Fast with matrices this small. */
    @BeforeEach
    void useOneThread() {
        Engine.setThreads(1);
    }

    @AfterEach
    void restoreThreads() {
        Engine.setThreads(threads);
    }

    /** A tiny decoder with the tokenizer of the questions. */
    private Path model(String name) throws IOException {
        Path model = Files.createDirectories(folder.resolve(name));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(Golden.directory(name).resolve(file), model.resolve(file));
        }
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(Golden.directory("choices").resolve(file), model.resolve(file));
        }
        return model;
    }

    private CommandRun finetune(Path model, Path data, String options) {
        return CommandRun.of(Stream.concat(Stream.of("finetune", "--model", model.toString(), "--dataset-name-or-path",
                data.toString(), "--eval-file", data.toString(), "--out", folder.resolve("out").toString(),
                "--gradient-accumulation-steps", "1"), Stream.of(options.strip().split(" +")))
                .toArray(String[]::new));
    }

    private static CommandRun succeeding(CommandRun run) {
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private static List<Map<String, Double>> evaluations(Path run) {
        return RunLog.read(run.resolve("log.jsonl")).stream().filter(RunRecord.Evaluation.class::isInstance)
                .map(line -> ((RunRecord.Evaluation) line).metrics()).toList();
    }

    private CommandRun evaluate(Path model, Path adapter, String... more) {
        return CommandRun.of(Stream.concat(Stream.of("evaluate", "--model", model.toString(), "--adapter",
                adapter.toString(), "--json", folder.resolve("scores.json").toString()), Stream.of(more))
                .toArray(String[]::new));
    }

    private JsonNode scores() throws IOException {
        return MAPPER.readTree(folder.resolve("scores.json").toFile());
    }

    // ---- questions --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"opt, --meft 1, meft1", "opt, --meft 2 --tokentune --prefix-length 0.5, meft2-tokentune-0.5",
        "opt, --meft 3 --meft-lora 4 --meft-adapter-dropout 0.1 --meft-4bit, meft3-lora-nf4",
        "llama, --meft 1 --chunked-loss --meft-tokens-at-once 16, meft1"})
    void choosesBetterAndEvaluationSaysWhatTheLogSays(String family, String options, String name) throws IOException {
        Path model = model(family);
        succeeding(finetune(model, ARC, "--task arc_easy --num-epochs 48 --save-steps 4 --global-batch-size 3"
                + " --learning-rate 3e-2 " + options));
        Path run = folder.resolve("out").resolve(family + "-arc-" + name);
        List<Map<String, Double>> evaluations = evaluations(run);
        double best = evaluations.stream().mapToDouble(metrics -> metrics.get("accuracy")).max().orElseThrow();
        Map<String, Double> saved =
                evaluations.stream().filter(metrics -> metrics.get("accuracy") == best).findFirst().orElseThrow();
        assertThat(best).isGreaterThan(0.9);
        assertThat(run.resolve("model/tokenizer.json")).exists();
        assertThat(run.resolve("model/model.safetensors")).doesNotExist();

        succeeding(CommandRun.of("evaluate", "--task", "arc_easy", "--data", ARC.toString(), "--model",
                model.toString(), "--json", folder.resolve("before.json").toString()));
        assertThat(MAPPER.readTree(folder.resolve("before.json").toFile()).path("acc").asDouble(2)).isLessThan(best);

        succeeding(evaluate(model, run.resolve("model"), "--task", "arc_easy", "--data", ARC.toString()));
        assertThat(scores().path("acc").asDouble(-1)).isEqualTo(best);
        assertThat(scores().path("acc_norm").asDouble(-1)).isEqualTo(saved.get("acc_norm"));
        assertThat(scores().path("acc_bytes").asDouble(-1)).isEqualTo(saved.get("acc_bytes"));
    }

    static List<String> decoders() {
        return Golden.decoders();
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void everyDecoderIsMadeReversible(String family) throws IOException {
        Path model = model(family);
        succeeding(finetune(model, ARC, "--task arc_easy --max-steps 2 --global-batch-size 3 --learning-rate 1e-3"
                + " --meft 3 --meft-4bit --bf16 --tokentune --prefix-length 0.5 --optimizer-in-backward"
                + " --max-grad-norm 0"));
        Path adapter = folder.resolve("out").resolve(family + "-arc-meft3-nf4-tokentune-0.5/model");
        try (SafetensorsFile weights = SafetensorsFile.open(adapter.resolve("adapter_model.safetensors"))) {
            assertThat(weights.names()).isNotEmpty().allMatch(name -> name.startsWith("meft.layer.")
                    && weights.entry(name).dtype() == DType.FLOAT32);
        }
        JsonNode config = MAPPER.readTree(adapter.resolve("adapter_config.json").toFile());
        assertThat(config.path("task_type").asText()).isEqualTo("CAUSAL_LM");
        assertThat(config.path("quantisation").path("compute_dtype").asText()).isEqualTo("bfloat16");
        assertThat(config.has("labels") || config.has("pooling")).isFalse();
        succeeding(evaluate(model, adapter, "--task", "arc_easy", "--data", ARC.toString()));
    }

    // ---- instructions -----------------------------------------------------------------------------------------------

    @Test
    void generatesWhatItLearntByHeart() throws IOException {
        succeeding(finetune(llama, tasks, "--meft 1 --chunked-loss --add-eos-token --num-epochs 150 --save-steps 50"
                + " --global-batch-size 6 --learning-rate 3e-2 --lr-scheduler-type constant_with_warmup"));
        Path adapter = folder.resolve("out/llama-tasks-meft1/model");
        String[] ask = {"generate", "--model", llama.toString(), "--instruction", "add", "--input", "two and two",
            "--max-new-tokens", "4", "--adapter", adapter.toString()};
        assertThat(succeeding(CommandRun.of(ask)).out().strip()).isEqualTo("four");

        Path texts = Files.writeString(folder.resolve("texts.jsonl"), "{\"text\": \"hello and hello\"}\n");
        succeeding(evaluate(llama, adapter, "--task", "perplexity", "--data", texts.toString()));
        double reversible = scores().path("loss").asDouble();
        assertThat(evaluate(llama, adapter, "--task", "perplexity", "--data", texts.toString(), "--load-in-4bit").sentence())
                .contains("make the model reversible", "leave out --load-in-4bit");
        succeeding(CommandRun.of("evaluate", "--model", llama.toString(), "--task", "perplexity", "--data",
                texts.toString(), "--json", folder.resolve("scores.json").toString()));
        assertThat(reversible).isPositive().isNotEqualTo(scores().path("loss").asDouble());

        Path merged = folder.resolve("merged");
        assertThat(CommandRun.of("merge", "--model", llama.toString(), "--adapter", adapter.toString(), "--out",
                        merged.toString()).sentence())
                .contains("make their model reversible", "cannot be merged", "--adapter");
        assertThat(merged).doesNotExist();
        assertThat(CommandRun.of("predict", "--model", adapter.toString(), "--input", texts.toString(), "--text-column",
                        "text", "--out", folder.resolve("p.tsv").toString()).sentence())
                .contains("not to a classifier: use them with frugal generate");
    }

    @Test
    void comparesReversibleTrainingThroughAllAndThroughSomeTokens() throws IOException {
        Path json = folder.resolve("result.json");
        succeeding(finetune(llama, tasks, "--meft 3 --tokentune --prefix-length 0.3 --compare --max-steps 3"
                + " --global-batch-size 6 --json " + json));
        assertThat(MAPPER.readTree(json.toFile()).fieldNames()).toIterable()
                .containsExactly("meft3", "meft3+tokentune-0.3");
        assertThat(folder.resolve("out/llama-tasks-meft3/model/adapter_config.json")).exists();
        assertThat(folder.resolve("out/llama-tasks-meft3-tokentune-0.3/model/adapter_config.json")).exists();
        assertThat(folder.resolve("out/llama-tasks-comparison/report.html")).exists();
    }

    @Test
    void aModelThatIsStoredInFourBitsIsMadeReversibleAsItIs() {
        Path stored = folder.resolve("llama4");
        succeeding(CommandRun.of("quantize", "--model", llama.toString(), "--out", stored.toString(),
                "--compute-dtype", "float32"));
        succeeding(finetune(stored, tasks, "--meft 1 --num-epochs 3 --global-batch-size 6"));
        succeeding(finetune(llama, tasks, "--meft 1 --meft-4bit --num-epochs 3 --global-batch-size 6"));
        assertThat(CommandRun.losses(folder.resolve("out/llama4-tasks-meft1")))
                .hasSize(3).isEqualTo(CommandRun.losses(folder.resolve("out/llama-tasks-meft1-nf4")));
    }

    // ---- what makes no sense ----------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--meft 1 --lora | --lora trains an adapter of an ordinary model, and --meft makes it reversible",
        "--meft 1 --lora --qlora | give one of them, or --meft-lora RANK",
        "--meft 1 --recompute | keep no activations",
        "--meft 1 --lean | keep no activations",
        "--meft 4 | There is no MEFT4",
        "--meft 1 --meft-factors 0,1 | lambda must be a multiple of 0.001 from 0.001 to 10, not 0.0",
        "--meft 1 --meft-layers 3 | The model has 2 layers, so 3 of them cannot be reversible",
        "--meft 1 --meft-lora 2 --meft-lora-target-modules query | match no linear layer of a reversible block",
        "--meft-4bit | say how --meft works, which is not given",
        "--meft_adapter_size 8 | say how --meft works, which is not given"})
    void refusals(String options, String sentence) {
        assertThat(finetune(llama, tasks, "--max-steps 1 --global-batch-size 6 " + options).sentence())
                .contains(sentence);
        assertThat(folder.resolve("out").resolve("llama-tasks-meft1/model")).doesNotExist();
    }

    // ---- memory -----------------------------------------------------------------------------------------------------

    @Test
    void memoryOfAStepBeforeOnePaysForIt() throws IOException {
        Path file = folder.resolve("memory.json");
        List<String> arguments = new ArrayList<>(List.of("memory", "--config", llama.toString(), "--batch", "4",
                "--seq", "32", "--methods", "full,lora,meft1,meft3+tokentune-0.3", "--meft-adapter-size", "4",
                "--recompute", "--chunked-loss", "--optimizer-in-backward", "--warmup-steps", "0", "--json", file.toString()));
        CommandRun run = succeeding(CommandRun.of(arguments.toArray(String[]::new)));
        assertThat(run.out()).contains("meft1, chunked loss", "meft3+tokentune-0.3", "lora, recompute")
                .doesNotContain("meft1, recompute");
        long full = 0;
        for (JsonNode result : MAPPER.readTree(file.toFile())) {
            long saved = result.path("savedActivationBytes").asLong();
            full = full == 0 ? saved : full;
            if (result.path("method").asText().startsWith("meft")) {
                assertThat(saved).isPositive().isLessThan(full / 2);
                assertThat(result.path("formulaBytes").asLong()).isNegative();
            }
        }
    }
}
