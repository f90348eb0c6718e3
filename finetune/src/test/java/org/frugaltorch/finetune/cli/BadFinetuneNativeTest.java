package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.TinyBert;
import org.frugaltorch.finetune.TinyLlama;
import org.frugaltorch.tensor.DType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What users of {@code frugal finetune} get wrong: each time one sentence, and nothing half-written. */
class BadFinetuneNativeTest {
    @TempDir
    private static Path shared;
    private static Path model;
    private static Path data;

    @TempDir
    private Path folder;

    @BeforeAll
    static void prepare() {
        model = TinyLlama.write(shared.resolve("llama"));
        data = TinyLlama.instructions(shared.resolve("tasks.jsonl"));
    }

    private CommandRun finetune(Path model, Path data, String... more) {
        List<String> arguments = new ArrayList<>(List.of("finetune", "--model", model.toString(),
                "--dataset-name-or-path", data.toString(), "--out", folder.resolve("out").toString(),
                "--global-batch-size", "5", "--gradient-accumulation-steps", "1"));
        arguments.addAll(List.of(more));
        if (!arguments.contains("--max-steps")) {
            arguments.addAll(List.of("--max-steps", "2"));
        }
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    /** Runs what must fail before anything is written. */
    private String refused(Path model, Path data, String... more) {
        String sentence = finetune(model, data, more).sentence();
        assertThat(folder.resolve("out")).doesNotExist();
        return sentence;
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    // ---- arguments --------------------------------------------------------------------------------------------------

    @Test
    void mistypedAndForeignOptions() {
        assertThat(refused(model, data, "--learning_rat", "1e-3"))
                .contains("--learning-rat").contains("did you mean --learning-rate?");
        assertThat(refused(model, data, "--lora", "--lora_target_modules", "q_proj", "--lora_drop", "0.1"))
                .contains("--lora-drop").contains("did you mean --lora-dropout?");
        assertThat(refused(model, data, "--wandb_project", "mine")).contains("nothing is sent to any service");
        assertThat(refused(model, data, "--fp16")).contains("give --bf16");
        assertThat(refused(model, data, "--dtype", "float16")).contains("Unknown --dtype 'float16'");
        assertThat(refused(model, data, "--save-total-limit", "0", "--logging-steps", "0"))
                .contains("--save-total-limit must be at least 1", "--logging-steps must be at least 1");
    }

    @Test
    void updatesWithinTheBackwardPassThatWouldNeedAllGradients() {
        assertThat(refused(model, data, "--optimizer-in-backward"))
                .contains("no norm of all gradients to clip by", "--max-grad-norm 0").doesNotContain("micro-batches");
        assertThat(CommandRun.of("finetune", "--model", model.toString(), "--dataset-name-or-path", data.toString(),
                        "--out", folder.resolve("out").toString(), "--global-batch-size", "5", "--optimizer-in-backward",
                        "--max-grad-norm", "0").sentence())
                .contains("cannot wait for 5 micro-batches", "--gradient-accumulation-steps 1").doesNotContain("clip");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void targetModulesThatTheModelLacks() {
        assertThat(finetune(model, data, "--lora", "--lora-target-modules", "q_prj", "up_proj").sentence())
                .contains("No linear layer is called q_prj (did you mean q_proj?); this model has q_proj");
        assertThat(finetune(model, data, "--lora", "--lora-target-modules", "lm_head", "--chunked-loss").sentence())
                .contains("leave lm_head out of the target modules");
        assertThat(folder.resolve("out/llama-tasks-lora/model")).doesNotExist();
    }

    // ---- files ------------------------------------------------------------------------------------------------------

    @Test
    void modelsThatAreMissingOrOfAnotherKind() {
        assertThat(refused(Path.of("meta/llama-7b"), data))
                .contains("there is no folder meta/llama-7b; models are read");
        assertThat(refused(shared, data)).contains("is no model directory: it has no config.json");
        Path bert = TinyBert.write(shared.resolve("bert"));
        assertThat(finetune(bert, data).sentence()).contains("is of the family bert", "name a decoder such as llama");
    }

    @Test
    void dataThatIsMissingOrTooLittle() throws IOException {
        assertThat(refused(model, Path.of("garage/platypus"))).contains("there is no file or folder garage/platypus");
        assertThat(refused(model, data, "--eval-file", "none.json")).contains("there is no file or folder none.json");
        assertThat(refused(model, file("none.json", "[]"))).contains("none.json holds no examples");
        Path one = file("one.jsonl", "{\"instruction\": \"say\", \"output\": \"hello\"}\n");
        assertThat(refused(model, one)).contains("Of 1 examples, 1 to judge by leave none to learn from");
        assertThat(refused(model, data, "--val-set-size", "6")).contains("Of 6 examples, 6 to judge by");
        assertThat(refused(model, data, "--val-set-size", "1.5")).contains("must be a share below 1 or a number");
        assertThat(refused(model, data, "--eval-file", data.toString(), "--val-set-size", "2")).contains("give one");
        Path source = file("source.jsonl",
                "{\"instruction\": \"say\", \"output\": \"one\", \"data_source\": \"airoboros\"}\n");
        assertThat(refused(model, source)).contains("source.jsonl holds no examples but 1 of excluded sources");
    }

    @Test
    void templatesWithoutTheirFields() throws IOException {
        assertThat(refused(model, data, "--prompt_template_name_or_path", file("t.json", "{}").toString()))
                .contains("t.json: there is no text prompt_input");
        Path bare = file("bare.json", "{\"prompt_input\": \"{instruction} :\","
                + " \"prompt_no_input\": \"{instruction} :\", \"response_split\": \":\"}");
        assertThat(refused(model, data, "--prompt_template_name_or_path", bare.toString()))
                .contains("prompt_input has no {input}");
        assertThat(refused(model, data, "--prompt_template_name_or_path", "nowhere.json")).contains("nowhere.json");
    }

    @Test
    void promptsWithoutRoomForAnAnswerAreCounted() throws IOException {
        Path longer = file("long.jsonl", TinyLlama.INSTRUCTIONS + "{\"instruction\": \"" + "one ".repeat(70)
                + "\", \"output\": \"two\"}\n");
        CommandRun run = finetune(model, longer, "--eval-file", data.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("6 examples to learn from, 6 held out; 1 example left out, as the prompt leaves"
                + " no room for an answer within --max-length");
        assertThat(finetune(model, data, "--max-length", "8", "--force").sentence())
                .contains("No example has room for an answer within 8 tokens");
        assertThat(finetune(model, data, "--max-length", "65", "--force").sentence())
                .contains("--max-length 65 is more than the 64 positions that the model has");
    }

    // ---- while running ----------------------------------------------------------------------------------------------

    @Test
    void aLossThatIsNoNumber() {
        String[] wild = {"--learning-rate", "1e30", "--warmup-ratio", "0", "--max-steps", "9", "--num-epochs", "9",
            "--save-steps", "9"};
        assertThat(finetune(model, data, wild).sentence()).containsPattern("NaN|Infinity")
                .contains("lower --learning-rate", "no model was evaluated before, so none is saved");
        assertThat(folder.resolve("out/llama-tasks/model")).doesNotExist();
    }

    @Test
    void runsThatAreThereAlready() {
        assertThat(finetune(model, data, "--lora").exitCode()).isZero();
        assertThat(finetune(model, data, "--lora").sentence())
                .contains("holds a run already; go on with it (--resume)");
        assertThat(finetune(model, data, "--lora", "--resume", "--lora-r", "4").sentence())
                .contains("of a run with other settings (loraRank 8 there, 4 now)");
        assertThat(finetune(model, data, "--lora", "--resume", "--lora-target-modules", "q_proj").sentence())
                .contains("loraTargetModules gate_proj,down_proj,up_proj there, q_proj now");
        assertThat(finetune(model, data, "--lora", "--lora-r", "4", "--force").exitCode()).isZero();
        assertThat(finetune(model, data, "--lora", "--resume", "--force").sentence()).contains("give one");
    }

    /** A process that may not have more: its scores of all words, 12 GiB, are more than the system gives it. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void memoryThatRunsOut() throws IOException {
        Path large = TinyLlama.write(shared.resolve("large"), 16, 100_000, 512, DType.FLOAT32);
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 64; i++) {
            rows.append("{\"instruction\": \"say\", \"output\": \"").append("one two ".repeat(240)).append("\"}\n");
        }
        Path many = file("many.jsonl", rows.toString());
        String sentence = CommandRun.InProcess.start(List.of("sh", "-c", "ulimit -v 12000000; exec \"$0\" \"$@\""),
                List.of(), new ProcessBuilder(), folder.resolve("errors.txt"), "finetune", "--model", large.toString(),
                "--dataset-name-or-path", many.toString(), "--eval-file", data.toString(), "--out",
                folder.resolve("out").toString(), "--global-batch-size", "64", "--gradient-accumulation-steps", "1",
                "--max-steps", "1", "--lora", "--threads", "1").end().sentence();
        assertThat(sentence).containsPattern("Memory ran out in a forward pass: 1[12],\\d{3}\\.\\d MiB more were wanted"
                        + " beside [\\d,.]+ MiB in use, of which \\d+\\.\\d MiB were weights")
                .contains("it takes less with more --gradient-accumulation-steps", "--chunked-loss", "--recompute",
                        "--tokentune", "a smaller --max-length", "--qlora --lora", "--bf16")
                .doesNotContain("with --lora,");
    }
}
