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

    /** Sum of the negative log probabilities of all tokens but the first. */
    private static double surprise(long... ids) {
        boolean[] valid = new boolean[ids.length];
        java.util.Arrays.fill(valid, true);
        double sum = 0;
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled();
                CausalLanguageModel decoder = Golden.languageModel("llama", DType.FLOAT64)) {
            Tensor logits = decoder.logits(new KeepAll(),
                    new TokenBatch(1, ids.length, ids, valid, new long[ids.length]), ForwardMode.EVALUATE);
            Tensor logProbabilities = Functional.logSoftmax(logits, -1).select(0, 0); // [T, V]
            for (int i = 1; i < ids.length; i++) {
                sum -= logProbabilities.select(0, i - 1L).select(0, ids[i]).item();
            }
        }
        return sum;
    }
}
