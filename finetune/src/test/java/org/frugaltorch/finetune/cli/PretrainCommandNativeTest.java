package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.frugaltorch.finetune.instruction.DecoderTokenizer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code frugal pretrain}, and what other commands do with its models. */
class PretrainCommandNativeTest {
    private static final String SHAPE = """
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 300, "hidden_size": 32,
             "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64, "max_position_embeddings": 32,
             "tie_word_embeddings": true}""";

    @TempDir
    Path directory;
    private Path shape;
    private Path train;

    @BeforeEach
    void writeFiles() throws IOException {
        shape = Files.writeString(directory.resolve("shape.json"), SHAPE);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            lines.add("the " + (i % 2 == 0 ? "cat eats fish" : "dog eats bones") + " on day " + i % 10);
        }
        train = Files.write(directory.resolve("train.txt"), lines);
        Files.write(directory.resolve("eval.txt"), lines.subList(0, 20));
    }

    private CommandRun pretrain(String out, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "pretrain", "--config", shape.toString(), "--train", train.toString(), "--eval",
                directory.resolve("eval.txt").toString(), "--out", directory.resolve(out).toString(),
                "--batch-size", "12", "--learning-rate", "0.01"));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private JsonNode summary(String out) throws IOException {
        return new JsonMapper().readTree(directory.resolve(out).resolve("summary.json").toFile()).path("pretrain");
    }

    @Test
    void learnsATokenizerAndATextThatOtherCommandsGoOnWith() throws IOException {
        CommandRun run = pretrain("run", "--epochs", "8", "--separate");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("vocabulary of 300 tokens", "perplexity");
        assertThat(summary("run").path("metrics").path("perplexity").asDouble()).isBetween(1.0, 2.5);
        Path model = directory.resolve("run/model");
        assertThat(directory.resolve("run/report.html")).exists();
        CommandRun said = CommandRun.of("generate", "--model", model.toString(), "--prompt", "the cat eats",
                "--max-new-tokens", "8");
        assertThat(said.exitCode()).as(said.err()).isZero();
        assertThat(said.out()).startsWith(" fish on day ");
        Path json = directory.resolve("p.json");
        CommandRun judged = CommandRun.of(
                "evaluate", "--task", "perplexity", "--line-by-line", "--model", model.toString(), "--data",
                directory.resolve("eval.txt").toString(), "--json", json.toString());
        assertThat(judged.exitCode()).as(judged.err()).isZero();
        assertThat(new JsonMapper().readTree(json.toFile()).path("perplexity").asDouble()).isBetween(1.0, 3.0);
        Path questions = Files.writeString(directory.resolve("q.jsonl"), """
                {"context": "the dog eats", "choices": ["fish on day 1", "bones on day 1"], "answer": 1}
                {"context": "the cat eats", "choices": ["fish on day 2", "bones on day 2"], "answer": 0}
                """);
        CommandRun chosen = CommandRun.of("evaluate", "--task", "choices", "--model", model.toString(), "--data",
                questions.toString(), "--json", json.toString(), "--details",
                directory.resolve("details.jsonl").toString());
        assertThat(chosen.exitCode()).as(chosen.err()).isZero();
        assertThat(chosen.out()).contains("choices, 0 examples, 2 questions", "acc        1.0000");
        assertThat(new JsonMapper().readTree(json.toFile()).path("acc").asDouble()).isEqualTo(1);
        assertThat(Files.readAllLines(directory.resolve("details.jsonl"))).hasSize(2).first().asString()
                .contains("\"right\":[false,true]").contains("\"logLikelihoods\":[-");
    }

    @Test
    void aRunThatEndedIsKeptWithItsTokenizer() throws IOException {
        assertThat(pretrain("run", "--max-steps", "4").exitCode()).isZero();
        double loss = summary("run").path("metrics").path("loss").asDouble();
        Path tokenizer = directory.resolve("run/tokenizer/tokenizer.json");
        FileTime written = Files.getLastModifiedTime(tokenizer);
        assertThat(pretrain("run").sentence()).contains("holds a run already");
        CommandRun again = pretrain("run", "--max-steps", "4", "--resume");
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out()).doesNotContain("Learning a vocabulary");
        assertThat(summary("run").path("metrics").path("loss").asDouble()).isEqualTo(loss);
        assertThat(Files.getLastModifiedTime(tokenizer)).isEqualTo(written);
        assertThat(pretrain("run", "--max-steps", "5", "--resume").sentence()).contains("of a run with other settings");
    }

    @Test
    void takesATokenizerAndFillsRows() throws IOException {
        Path tokenizer = Files.createDirectory(directory.resolve("tokenizer"));
        DecoderTokenizer.write(tokenizer);
        Files.writeString(train, "add one and two\nsay hello\n".repeat(40));
        CommandRun run = pretrain("packed", "--tokenizer", tokenizer.toString(), "--max-length", "16",
                "--max-steps", "3", "--recompute", "--chunked-loss", "--dtype", "bfloat16",
                "--matmul-precision", "medium", "--no-checkpoint");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(directory.resolve("packed/model/tokenizer.json"))
                .hasSameBinaryContentAs(tokenizer.resolve("tokenizer.json"));
        JsonNode config = new JsonMapper().readTree(directory.resolve("packed/model/config.json").toFile());
        assertThat(config.path("vocab_size").asInt()).isEqualTo(300);
        assertThat(config.path("eos_token_id").asInt()).isEqualTo(2);
        assertThat(config.path("dtype").asText()).isEqualTo("bfloat16");
    }

    @Test
    void badInputIsToldBeforeAnyWork() {
        assertThat(pretrain("x", "--max-length", "64").sentence())
                .contains("--max-length 64 is more than the 32 positions");
        assertThat(pretrain("y", "--matmul-precision", "low").sentence()).contains("use one of highest, high, medium");
        assertThat(pretrain("z", "--resume", "--force").exitCode()).isEqualTo(2);
        assertThat(CommandRun.of(
                "pretrain", "--config", "giant", "--train", train.toString(), "--eval", train.toString(), "--out",
                directory.resolve("u").toString()).sentence()).contains("one of the shapes tiny-llama");
    }
}
