package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.TinyLlama;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.instruction.InstructionFiles;
import org.frugaltorch.finetune.instruction.LanguageScores;
import org.frugaltorch.finetune.instruction.LanguageTokens;
import org.frugaltorch.finetune.instruction.PromptTemplate;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.method.AdaptedModel;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.quant.FourBitFormat;
import org.frugaltorch.finetune.quant.Quantisation;
import org.frugaltorch.finetune.train.RunLog;
import org.frugaltorch.finetune.train.RunRecord;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code frugal finetune} on a tiny Llama and a few tasks that can only be learnt by heart. */
class FinetuneCommandNativeTest {
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

    /** Fast with matrices this small. */
    @BeforeEach
    void useOneThread() {
        Engine.setThreads(1);
    }

    @AfterEach
    void restoreThreads() {
        Engine.setThreads(threads);
    }

    private CommandRun finetune(String... more) {
        List<String> arguments = new ArrayList<>(List.of("finetune", "--model_name_or_path", model.toString(),
                "--dataset_name_or_path", data.toString(), "--eval_file", data.toString(), "--model_save_path",
                folder.toString(), "--json", folder.resolve("result.json").toString(), "--global_batch_size", "6",
                "--gradient_accumulation_steps", "1", "--lr_scheduler_type", "constant_with_warmup"));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private JsonNode result(String method) throws IOException {
        return new ObjectMapper().readTree(folder.resolve("result.json").toFile()).path(method);
    }

    @Test
    void updatesWithinTheBackwardPassTrainTheSame() {
        List<List<Double>> losses = new ArrayList<>();
        for (String[] more : new String[][] {{}, {"--optimizer_in_backward", "--force"}}) {
            List<String> arguments = new ArrayList<>(List.of("--num_epochs", "4", "--max_grad_norm", "0", "--recompute"));
            arguments.addAll(List.of(more));
            CommandRun run = finetune(arguments.toArray(String[]::new));
            assertThat(run.exitCode()).as(run.err()).isZero();
            losses.add(RunLog.read(folder.resolve("llama-tasks-recompute/log.jsonl")).stream()
                    .filter(RunRecord.Step.class::isInstance).map(line -> ((RunRecord.Step) line).loss()).toList());
        }
        assertThat(losses.getFirst()).hasSize(4).doesNotHaveDuplicates();
        assertThat(losses.getLast()).isEqualTo(losses.getFirst());
    }

    private List<RunRecord.Evaluation> evaluations(String run) {
        return RunLog.read(folder.resolve(run).resolve("log.jsonl")).stream()
                .filter(RunRecord.Evaluation.class::isInstance).map(RunRecord.Evaluation.class::cast).toList();
    }

    // ---- what is learnt, and what is saved -------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "full                           |                                               | ''",
        "full+recompute                 | --recompute --chunked_loss                    | -recompute",
        "tokentune-0.6+lean             | --tokentune --prefix_length 0.6 --lean        | -tokentune-0.6-lean",
        "lora                           | --lora --chunked_loss                         | -lora",
        "lora+tokentune-0.6-targets-first | --lora --tokentune --prefix_length 0.6 --token_selection targets-first"
            + "| -lora-tokentune-0.6-targets-first",
        "lora+tokentune-8+recompute     | --lora --tokentune --prefix_length 8 --recompute"
            + "| -lora-tokentune-8-recompute",
        "qlora                          | --lora --qlora                                | -lora-qlora",
        "qlora+tokentune-0.6            | --lora --qlora --tokentune --prefix_length 0.6 --chunked_loss"
            + "| -lora-qlora-tokentune-0.6",
        "qlora+tokentune-0.6+lean       | --lora --qlora --quant_type fp4 --double_quant False --tokentune"
            + " --prefix_length 0.6 --lean | -lora-qlora-tokentune-0.6-lean",
    })
    void everyMethodLearnsByHeartAndIsReadBackAsItWas(String method, String options, String suffix) throws IOException {
        boolean adapted = method.contains("lora");
        List<String> arguments = new ArrayList<>(options == null ? List.of() : List.of(options.strip().split(" +")));
        arguments.addAll(List.of("--max_steps", "60", "--num_epochs", "100", "--save_steps", "20", "--learning_rate",
                adapted ? "2e-2" : "5e-3"));
        if (adapted) {
            arguments.addAll(List.of("--lora_target_modules", "all-linear"));
        }
        double before = evaluate(base(Training.FULL, method), null);
        CommandRun run = finetune(arguments.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("6 examples to learn from, 6 held out");
        double loss = result(method).path("metrics").path("loss").asDouble();
        assertThat(loss).as("loss after %s", before).isLessThan(0.5 * before);
        assertThat(result(method).path("peakBytes").asLong()).isPositive();

        Path out = folder.resolve("llama-tasks" + suffix);
        assertThat(run.out()).contains("perplexity", out.resolve("model").toString());
        assertThat(evaluations("llama-tasks" + suffix)).hasSize(3);
        assertThat(out.resolve("report.html")).content().contains("Fine-tuning llama");
        assertThat(out.resolve("summary.json")).exists();
        assertThat(out.resolve("model/tokenizer.json")).exists();
        Training training = method.startsWith("qlora") ? Training.QLORA : adapted ? Training.LORA : Training.FULL;
        double again = adapted
                ? evaluate(base(training, method), out.resolve("model"))
                : evaluate(loaded(ModelDirectory.open(out.resolve("model")), training, method), null);
        assertThat(again).as("loss of what was saved").isCloseTo(loss, within(1e-6));
    }

    private AdaptedModel base(Training training, String method) {
        return loaded(ModelDirectory.open(model), training, method);
    }

    private static AdaptedModel loaded(ModelDirectory directory, Training training, String method) {
        boolean fp4 = method.endsWith("lean");
        return AdaptedModel.make(directory::languageModel, Method.of(training, Optional.empty()),
                new AdaptedModel.Recipe(DType.FLOAT32, new LoraSettings(8, 16, TargetModules.ALL_LINEAR),
                        new Quantisation(fp4 ? FourBitFormat.FP4 : FourBitFormat.NF4, !fp4, DType.FLOAT32)));
    }

    /** The loss over all tasks, with a saved adapter in place of a fresh one if there is one. */
    private static double evaluate(AdaptedModel adapted, Path adapter) {
        try (TensorScope scope = TensorScope.open();
                adapted;
                Tokenizer tokenizer = Tokenizer.open(model)) {
            if (adapter != null) {
                adapted.adapters().orElseThrow().load("saved", adapter);
            }
            LanguageTokens texts = LanguageTokens.of(InstructionFiles.read(data, InstructionFiles.Fields.USUAL),
                    PromptTemplate.PLAIN, tokenizer, new MaxLength(64, true), -1);
            return LanguageScores.of(adapted.model(), adapted.evaluation(), LanguageLoss.PLAIN, texts,
                    BatchSettings.evaluation(3, tokenizer.padId())).loss();
        }
    }

    @Test
    void comparesTheSameTrainingThroughAllAndThroughSomeTokens() throws IOException {
        CommandRun run = finetune("--lora", "--tokentune", "--prefix_length", "0.3", "--compare", "--max_steps", "4");
        assertThat(run.exitCode()).as(run.err()).isZero();
        long all = result("lora").path("savedActivationBytes").asLong();
        long some = result("lora+tokentune-0.3").path("savedActivationBytes").asLong();
        assertThat(some).isPositive().isLessThan(all);
        assertThat(folder.resolve("llama-tasks-comparison/report.html")).content().contains("lora+tokentune-0.3");
        assertThat(folder.resolve("llama-tasks-lora/model/adapter_config.json")).exists();
        assertThat(folder.resolve("llama-tasks-lora-tokentune-0.3/model/adapter_model.safetensors")).exists();
    }

    @Test
    void halfPrecisionStaysHalfAndTheEndIsLearnt() throws IOException {
        Path half = TinyLlama.write(shared.resolve("half"), 32, 16, 64, DType.BFLOAT16);
        CommandRun run = finetune("--model", half.toString(), "--max_steps", "2", "--add_eos_token", "True");
        assertThat(run.sentence()).contains("--model").contains("only once");

        run = CommandRun.of("finetune", "--model", half.toString(), "--dataset-name-or-path", data.toString(), "--out",
                folder.toString(), "--val-set-size", "2", "--max-steps", "2", "--global-batch-size", "2",
                "--add-eos-token", "True", "--exclude-sources", "x");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("4 examples to learn from, 2 of the data held out");
        Path saved = folder.resolve("half-tasks/model/model.safetensors");
        try (SafetensorsFile weights = SafetensorsFile.open(saved)) {
            assertThat(Set.copyOf(weights.names().stream().map(name -> weights.entry(name).dtype()).toList()))
                    .containsExactly(DType.BFLOAT16);
        }
    }

    /** Steps of an adapter are small beside what bfloat16 tells apart. */
    @ParameterizedTest
    @CsvSource({"--lora,-lora", "--lora --qlora,-lora-qlora"})
    void adaptersOnHalfPrecisionAreInFull(String options, String suffix) throws IOException {
        CommandRun run = finetune((options + " --bf16 --lora_target_modules all-linear --max_steps 60 --num_epochs 100"
                + " --save_steps 60 --learning_rate 2e-2 --tokentune --prefix_length 0.6 --lean").split(" "));
        assertThat(run.exitCode()).as(run.err()).isZero();
        Path out = folder.resolve("llama-tasks" + suffix + "-tokentune-0.6-lean");
        try (SafetensorsFile weights = SafetensorsFile.open(out.resolve("model/adapter_model.safetensors"))) {
            assertThat(weights.names()).hasSize(2 * 7 * 2)
                    .allMatch(name -> weights.entry(name).dtype() == DType.FLOAT32);
        }
        assertThat(evaluations(out.getFileName().toString()).getLast().metrics().get("loss"))
                .isLessThan(0.5 * evaluate(base(Training.FULL, "full"), null));
    }

    // ---- models that are in four bits already ----------------------------------------------------------------------

    @Test
    void aModelStoredInFourBitsIsTrainedAsOneQuantisedWhileItIsRead() throws IOException {
        Path stored = folder.resolve("llama4");
        CommandRun quantised = CommandRun.of("quantize", "--model", model.toString(), "--out", stored.toString(),
                "--compute-dtype", "float32");
        assertThat(quantised.exitCode()).as(quantised.err()).isZero();
        assertThat(finetune("--lora", "--qlora", "--max_steps", "3", "--num_epochs", "3").exitCode()).isZero();

        Path dense = model;
        model = stored;
        try {
            CommandRun run = finetune("--lora", "--max_steps", "3", "--num_epochs", "3");
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(finetune("--max_steps", "3").sentence()).contains("stored in four bits", "give --lora");
            assertThat(finetune("--lora", "--qlora", "--quant_type", "fp4").sentence())
                    .contains("stored in four bits already", "leave out --quant-type");
        } finally {
            model = dense;
        }
        assertThat(losses("llama4-tasks-lora")).hasSize(3).isEqualTo(losses("llama-tasks-lora-qlora"));
        Path texts = Files.writeString(folder.resolve("texts.jsonl"), "{\"text\": \"hello and hello\"}\n");
        CommandRun scored = score(stored, texts);
        assertThat(scored.exitCode()).as(scored.err()).isZero();
        assertThat(score(model, texts, "--load-in-4bit").out()).isEqualTo(scored.out());
        assertThat(score(model, texts).out()).startsWith("Perplexity").isNotEqualTo(scored.out());
        assertThat(score(model, texts, "--load_in_4bit", "--quant-type", "fp4", "--double-quant", "false").out())
                .startsWith("Perplexity").isNotEqualTo(scored.out());
        assertThat(score(stored, texts, "--load-in-4bit").sentence())
                .contains("stored in four bits already", "leave out --load-in-4bit");
        assertThat(score(model, texts, "--quant-type", "nf4").sentence()).contains("--load-in-4bit is not given");
        assertThat(score(model, texts, "--load-in-4bit", "--quant-type", "nf3").sentence()).contains("nf3");
    }

    /** The perplexity of texts by a model with the adapter that was trained in four bits. */
    private CommandRun score(Path model, Path texts, String... more) {
        List<String> arguments = new ArrayList<>(List.of("evaluate", "--task", "perplexity", "--model", model.toString(),
                "--adapter", folder.resolve("llama-tasks-lora-qlora/model").toString(), "--data", texts.toString()));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private List<Double> losses(String run) {
        return RunLog.read(folder.resolve(run).resolve("log.jsonl")).stream()
                .filter(RunRecord.Step.class::isInstance).map(line -> ((RunRecord.Step) line).loss()).toList();
    }

    // ---- adapters in other commands --------------------------------------------------------------------------------

    @Test
    void generateAndEvaluateTakeTheAdapter() throws IOException {
        CommandRun run = finetune("--lora", "--lora_target_modules", "all-linear", "--learning_rate", "2e-2",
                "--num_epochs", "100", "--save_steps", "100", "--add_eos_token");
        assertThat(run.exitCode()).as(run.err()).isZero();
        String adapter = folder.resolve("llama-tasks-lora/model").toString();
        String[] ask = {"generate", "--model", model.toString(), "--instruction", "add", "--input", "two and two",
            "--max-new-tokens", "4"};
        String without = CommandRun.of(ask).out();
        List<String> with = new ArrayList<>(List.of(ask));
        with.addAll(List.of("--adapter", adapter));
        CommandRun answered = CommandRun.of(with.toArray(String[]::new));
        assertThat(answered.exitCode()).as(answered.err()).isZero();
        assertThat(answered.out().strip()).isEqualTo("four").isNotEqualTo(without.strip());

        Path texts = Files.writeString(folder.resolve("texts.jsonl"), "{\"text\": \"hello and hello\"}\n");
        String[] score = {"evaluate", "--task", "perplexity", "--model", model.toString(), "--data", texts.toString()};
        List<String> scoreWith = new ArrayList<>(List.of(score));
        scoreWith.addAll(List.of("--adapter", adapter));
        CommandRun scored = CommandRun.of(scoreWith.toArray(String[]::new));
        assertThat(scored.exitCode()).as(scored.err()).isZero();
        assertThat(scored.out()).startsWith("Perplexity").isNotEqualTo(CommandRun.of(score).out());

        Path other = TinyLlama.write(shared.resolve("other"), 16, 16, 64, DType.FLOAT32);
        with.set(2, other.toString());
        assertThat(CommandRun.of(with.toArray(String[]::new)).sentence())
                .contains("The adapter in " + adapter + " does not belong to this model");
        with.set(with.size() - 1, model.toString());
        assertThat(CommandRun.of(with.toArray(String[]::new)).sentence()).contains("is no adapter directory");
    }

    @Test
    void theReadmesCommandsRun() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        String section = readme.substring(readme.indexOf("## Fine-tuning a language model"));
        String block = section.substring(section.indexOf("```sh\n") + 6, section.indexOf("```\n"));
        String[] commands = block.replace("\\\n", " ").strip().split("\n+");
        assertThat(commands).hasSize(2);
        for (String command : commands) {
            List<String> arguments = new ArrayList<>();
            String here = command.replace("models/llama", model.toString()).replace("tasks.jsonl", data.toString())
                    .replaceFirst(" runs\\b", " " + folder);
            Matcher words = Pattern.compile("'([^']*)'|(\\S+)").matcher(here);
            while (words.find()) {
                arguments.add(words.group(1) == null ? words.group(2) : words.group(1));
            }
            assertThat(arguments.removeFirst()).isEqualTo("./frugal");
            CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
            assertThat(run.exitCode()).as(run.err()).isZero();
        }
    }

    @Test
    void helpIsGroupedAndTeaches() {
        CommandRun help = CommandRun.of("finetune", "--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).containsSubsequence("Model and data:", "--model-name-or-path", "Method:", "--tokentune",
                "--lora-target-modules", "--recompute", "Training:", "--global-batch-size", "Output:", "--save-steps",
                "--resume", "--json", "Further:", "--help", "Examples:", "frugal finetune --model");
        assertThat(help.out().split("\n      --lora-r, --lora-rank=", -1)).as("an option is listed once").hasSize(2);
        assertThat(help.out()).doesNotContain("wandb", "DEFAULT-VALUE");
    }
}
