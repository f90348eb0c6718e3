package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.frugaltorch.finetune.model.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        assertThat(CommandRun.of("memory", "--config", config("bert"), "--recompute").sentence())
                .contains("for models that continue text");
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
