package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.frugaltorch.finetune.model.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryCommandNativeTest {
    private static final List<String> FIELDS = List.of("method", "recompute", "chunkedLoss", "lean",
            "optimizerInBackward", "weightBytes", "gradientBytes", "optimizerBytes", "savedActivationBytes", "peakBytes", "tokensPerSecond");

    @Test
    void languageModelsBesideOneAnother(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("memory.json");
        CommandRun run = CommandRun.of("memory", "--config", config("llama"), "--batch", "2", "--seq", "16", "--dtype",
                "bfloat16", "--methods", "full,qlora+tokentune-0.3", "--recompute", "--chunked-loss",
                "--optimizer-in-backward", "--warmup-steps", "0",
                "--json", file.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("qlora+tokentune-0.3, recompute, chunked loss", "full, optimiser in backward",
                "100.0 %", "Formula");
        JsonNode results = new ObjectMapper().readTree(file.toFile());
        assertThat(results).hasSize(2 * 2 * 2 * 2);
        for (JsonNode result : results) {
            assertThat(result.fieldNames()).toIterable().containsAll(FIELDS);
        }
        assertThat(results.get(1).path("optimizerInBackward").asBoolean()).isTrue();
        assertThat(results.get(14).path("recompute").asBoolean()).isTrue();
        assertThat(results.get(14).path("peakBytes").asLong()).isLessThan(results.get(0).path("peakBytes").asLong());
    }

    @Test
    void classifiersBesideTheirFormula() {
        CommandRun run = CommandRun.of("memory", "--config", config("bert"), "--batch", "2", "--seq", "16");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Formula", "tokentune-0.25");
    }

    @Test
    void whatAHeadReadsDecidesWhatIsKept(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("memory.json");
        long[][] saved = new long[2][];
        for (int i = 0; i < 2; i++) {
            CommandRun run = CommandRun.of("memory", "--config", config("bert"), "--batch", "8", "--seq", "32", "--methods",
                    "full,tokentune-0.25,meft1", "--warmup-steps", "0", "--pooling", i == 0 ? "mean" : "cls",
                    "--json", file.toString());
            assertThat(run.exitCode()).as(run.err()).isZero();
            JsonNode results = new ObjectMapper().readTree(file.toFile());
            for (int method = 0; method < 2; method++) {
                assertThat(results.get(method).path("savedActivationBytes").doubleValue()
                        / results.get(method).path("formulaBytes").doubleValue()).isCloseTo(1, within(0.02));
            }
            saved[i] = IntStream.range(0, 3).mapToLong(method ->
                    results.get(method).path("savedActivationBytes").asLong()).toArray();
        }
        for (int method = 0; method < 3; method++) {
            assertThat(saved[1][method]).isLessThan(saved[0][method]);
        }
    }

    @Test
    void classifiersUnderEveryPolicy(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("memory.json");
        CommandRun run = CommandRun.of("memory", "--config", config("bert"), "--batch", "8", "--seq", "32", "--methods",
                "full,lora,qlora,lora+tokentune-0.25,tokentune-0.25,meft1", "--recompute", "--lean",
                "--optimizer-in-backward", "--warmup-steps", "0", "--json", file.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("tokentune-0.25, lean", "qlora, recompute", "lora+tokentune-0.25, recompute",
                "full, lean, optimiser in backward").doesNotContain("meft1, lean", "meft1, recompute");
        JsonNode results = new ObjectMapper().readTree(file.toFile());
        assertThat(results).hasSize(5 * 3 * 2 + 2);
        for (int method = 0; method < 5; method++) {
            long[] saved = new long[3];
            for (int policy = 0; policy < 3; policy++) {
                JsonNode result = results.get(6 * method + 2 * policy);
                assertThat(result.path("lean").asBoolean()).isEqualTo(policy == 1);
                assertThat(result.path("recompute").asBoolean()).isEqualTo(policy == 2);
                saved[policy] = result.path("savedActivationBytes").asLong();
                assertThat(results.get(6 * method + 2 * policy + 1).path("gradientBytes").asLong())
                        .isLessThan(result.path("gradientBytes").asLong());
            }
            assertThat(saved).as(results.get(6 * method).path("method").asText())
                    .isSortedAccordingTo((a, b) -> Long.compare(b, a)).doesNotHaveDuplicates();
        }
        long lora = results.get(6).path("weightBytes").asLong();
        assertThat(results.get(12).path("weightBytes").asLong()).isLessThan(lora);
        assertThat(results.get(6).path("gradientBytes").asLong()).isLessThan(lora / 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta", "vit", "bart-classification", "opt-classification"})
    void classifiersOfEveryFamily(String family) {
        CommandRun run = CommandRun.of("memory", "--config", config(family), "--batch", "2", "--methods",
                "lora,qlora+tokentune-0.25", "--recompute", "--lean", "--warmup-steps", "0",
                family.equals("vit") ? "--dtype=float32" : "--seq=8");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("qlora+tokentune-0.25, recompute").doesNotContain("Formula");
    }

    @Test
    void configurationsMayHaveAnyName(@TempDir Path folder) throws IOException {
        Files.copy(Path.of(config("bert")), folder.resolve("config.json"));
        Path file = Files.copy(Path.of(config("llama")), folder.resolve("llama.json"));
        CommandRun run = CommandRun.of("memory", "--config", file.toString(), "--seq", "8", "--batch", "1",
                "--methods", "lora", "--warmup-steps", "0");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("lora");
    }

    @Test
    void whatDoesNotFitTheModelIsRefused() {
        assertThat(CommandRun.of("memory", "--config", config("bert"), "--chunked-loss").sentence())
                .contains("for models that continue text");
        assertThat(CommandRun.of("memory", "--config", config("bert"), "--methods", "meft1", "--recompute").sentence())
                .contains("leave --recompute out");
        assertThat(CommandRun.of("memory", "--config", config("llama"), "--pooling", "cls").sentence())
                .contains("--pooling is for classifiers");
        assertThat(CommandRun.of("memory", "--config", config("bert"), "--pooling", "max").sentence())
                .contains("'max'").contains("selected-mean");
        assertThat(CommandRun.of("memory", "--config", config("vit"), "--seq", "9").sentence())
                .contains("--seq").contains("pictures");
        assertThat(CommandRun.of("memory", "--config", config("llama"), "--seq", "65").sentence())
                .contains("64 positions");
        assertThat(CommandRun.of("memory", "--config", config("llama"), "--seq", "8", "--methods", "lora",
                        "--lora-target-modules", "q_prj").sentence())
                .contains("q_prj").contains("q_proj");
    }

    private static String config(String name) {
        return Golden.directory(name).resolve("config.json").toString();
    }
}
