package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.instruction.DecoderTokenizer;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code frugal generate} and {@code frugal evaluate} on a tiny decoder. */
class DecoderCommandsNativeTest {
    @TempDir
    Path directory;
    private Path model;
    private final StringWriter output = new StringWriter();

    @BeforeEach
    void writeModel() throws IOException {
        model = Files.createDirectory(directory.resolve("model"));
        for (String name : new String[] {"config.json", "model.safetensors"}) {
            Files.copy(Golden.directory("llama").resolve(name), model.resolve(name));
        }
        DecoderTokenizer.write(model);
    }

    private int run(String... arguments) {
        PrintWriter writer = new PrintWriter(output);
        return Frugal.execute(writer, writer, arguments);
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(directory.resolve("result.json").toFile());
    }

    @Test
    void generatesAsManyTokensAsAskedFor() throws IOException {
        assertThat(run("generate", "--model", model.toString(), "--prompt", "say hello", "--max-new-tokens", "5",
                "--json", directory.resolve("result.json").toString())).as(output.toString()).isZero();
        assertThat(json().path("promptTokens").asInt()).isEqualTo(3);
        assertThat(json().path("newTokens").asInt()).isBetween(1, 5);
        assertThat(run("generate", "--model", model.toString(), "--instruction", "say", "--max-new-tokens", "2",
                "--temperature", "0.7", "--top-k", "5", "--top-p", "0.9")).as(output.toString()).isZero();
        assertThat(run("generate", "--model", model.toString())).isEqualTo(2);
        assertThat(run("generate", "--model", Golden.directory("bert").toString(), "--prompt", "x")).isEqualTo(1);
        assertThat(output.toString()).contains("neither tokenizer.json nor vocab.txt");
    }

    @Test
    void anEncoderContinuesNothing() throws IOException {
        for (String name : new String[] {"config.json", "model.safetensors"}) {
            Files.delete(model.resolve(name));
            Files.copy(Golden.directory("bert").resolve(name), model.resolve(name));
        }
        assertThat(run("generate", "--model", model.toString(), "--prompt", "say")).isEqualTo(1);
        assertThat(output.toString()).contains("is of the family bert").contains("cannot continue");
    }

    @Test
    void perplexityIsThatOfEveryToken() throws IOException {
        Path data = Files.writeString(directory.resolve("texts.jsonl"),
                "{\"text\": \"add one and two\"}\n{\"text\": \"say hello\"}\n");
        assertThat(run("evaluate", "--task", "perplexity", "--model", model.toString(), "--data", data.toString(),
                "--batch-size", "2", "--json", directory.resolve("result.json").toString()))
                .as(output.toString()).isZero();
        double expected = (surprise(1, 3, 4, 5, 6) + surprise(1, 8, 9)) / 6;
        assertThat(json().path("targets").asInt()).isEqualTo(6);
        assertThat(json().path("loss").asDouble()).isCloseTo(expected, within(1e-4));
        assertThat(json().path("perplexity").asDouble()).isCloseTo(Math.exp(expected), within(1e-2));
    }

    @Test
    void longTextsAreReadInWindows() throws IOException {
        Path data = Files.writeString(directory.resolve("text.txt"), "add one and two say hello");
        String[] score = {"evaluate", "--task", "perplexity", "--model", model.toString(), "--data", data.toString(),
            "--json", directory.resolve("result.json").toString(), "--max-length", "4"};
        assertThat(run(score)).as(output.toString()).isZero();
        assertThat(json().path("targets").asInt()).isEqualTo(6);
        assertThat(json().path("loss").asDouble())
                .isCloseTo((surprise(1, 3, 4, 5) + surprise(5, 6, 8, 9)) / 6, within(1e-4));
        assertThat(output.toString()).contains("over 6 tokens of 1 texts, read in 2 windows");
        String[] overlapping = Arrays.copyOf(score, score.length + 2);
        overlapping[score.length] = "--stride";
        overlapping[score.length + 1] = "2";
        assertThat(run(overlapping)).as(output.toString()).isZero();
        assertThat(json().path("targets").asInt()).isEqualTo(6);
        assertThat(json().path("loss").asDouble()).isCloseTo(
                (surprise(1, 3, 4, 5) + surpriseFrom(2, 4, 5, 6, 8) + surpriseFrom(2, 6, 8, 9)) / 6, within(1e-4));
        overlapping[score.length + 1] = "4";
        assertThat(run(overlapping)).isEqualTo(2);
        assertThat(output.toString()).contains("Windows of 4 tokens cannot begin 4 tokens apart: it must be between 1 and 3");
        score[score.length - 1] = "1";
        assertThat(run(score)).isEqualTo(2);
        assertThat(output.toString()).contains("--max-length must be between 2 and the");
    }

    /** What would be ignored is refused. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "generate --prompt x --input y                    | --input is for --instruction",
        "generate --prompt x --template t.json            | --template is for --instruction",
        "evaluate --task perplexity --data x --limit 3    | --limit is for tasks of questions, not for perplexity",
        "evaluate --task perplexity --data x --no-bos     | --no-bos is for tasks of questions, not for perplexity",
        "evaluate --task arc --data x --max-length 12     | --max-length is for the task perplexity, not for arc",
        "evaluate --task arc --data x --batch-size 2      | --batch-size is for the task perplexity, not for arc"})
    void optionsOfAnotherKindOfTask(String command, String problem) {
        assertThat(run((command + " --model " + model).split(" +"))).isEqualTo(2);
        assertThat(output.toString()).contains(problem);
    }

    /** Sum of the negative log probabilities of all tokens but the first. */
    private static double surprise(long... ids) {
        return surpriseFrom(1, ids);
    }

    private static double surpriseFrom(int first, long... ids) {
        boolean[] valid = new boolean[ids.length];
        Arrays.fill(valid, true);
        double sum = 0;
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled();
                CausalLanguageModel decoder = Golden.languageModel("llama", DType.FLOAT64)) {
            Tensor logits = decoder.logits(new KeepAll(),
                    new TokenBatch(1, ids.length, ids, valid, new long[ids.length]), ForwardMode.EVALUATE);
            Tensor logProbabilities = Functional.logSoftmax(logits, -1).select(0, 0); // [T, V]
            for (int i = first; i < ids.length; i++) {
                sum -= logProbabilities.select(0, i - 1L).select(0, ids[i]).item();
            }
        }
        return sum;
    }
}
