package org.frugaltorch.finetune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.frugaltorch.finetune.instruction.DecoderTokenizer;
import org.frugaltorch.finetune.model.Golden;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code frugal quantize} and {@code frugal merge}, and what other commands make of their results. */
class QuantizeMergeNativeTest {
    private static final String ADAPTER = Golden.directory("llama-lora").toString();

    @TempDir
    Path folder;
    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = copy("llama", "model");
    }

    private Path copy(String golden, String name) throws IOException {
        Path directory = Files.createDirectory(folder.resolve(name));
        for (String file : new String[] {"config.json", "model.safetensors"}) {
            Files.copy(Golden.directory(golden).resolve(file), directory.resolve(file));
        }
        DecoderTokenizer.write(directory);
        return directory;
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private static CommandRun succeeded(String... arguments) {
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(folder.resolve(name).toFile());
    }

    private double loss(Path directory) throws IOException {
        Path data = Files.writeString(folder.resolve("texts.jsonl"),
                "{\"text\": \"add one and two\"}\n{\"text\": \"say hello\"}\n");
        succeeded("evaluate", "--task", "perplexity", "--model", directory.toString(), "--data", data.toString(),
                "--json", path("scores.json"));
        return json("scores.json").path("loss").asDouble();
    }

    @Test
    void quantisesAndTheResultGeneratesAndEvaluates() throws IOException {
        CommandRun run = succeeded("quantize", "--model", model.toString(), "--out", path("nf4"),
                "--compute-dtype", "float32", "--json", path("report.json"));
        assertThat(run.out()).contains("self_attn.q_proj", "mlp.down_proj", "Relative error", "14 matrices in NF4 with"
                + " double quantisation, computed in float32", "weights 86,656 bytes before, ");
        JsonNode report = json("report.json");
        assertThat(report.path("matrices")).hasSize(14);
        assertThat(report.path("bytesAfter").asLong()).isLessThan(report.path("bytesBefore").asLong());
        assertThat(report.path("relativeError").asDouble()).isBetween(0.05, 0.15);
        assertThat(folder.resolve("nf4/tokenizer.json")).exists();
        succeeded("generate", "--model", path("nf4"), "--prompt", "say hello", "--max-new-tokens", "3",
                "--json", path("generated.json"));
        assertThat(json("generated.json").path("newTokens").asInt()).isBetween(1, 3);
        assertThat(loss(folder.resolve("nf4"))).isEqualTo(loss(copy("llama-nf4", "golden")))
                .isNotCloseTo(loss(model), within(1e-6));
    }

    @Test
    void choicesReachTheFiles() throws IOException {
        succeeded("quantize", "--model", model.toString(), "-o", path("fp4"), "--quant-type", "FP4",
                "--no-double-quant", "--compute-dtype", "float16", "--skip-modules", "lm_head,v_proj", "--max-shard-size", "20KB");
        JsonNode config = json("fp4/config.json").path("quantization_config");
        assertThat(config.path("bnb_4bit_quant_type").asText()).isEqualTo("fp4");
        assertThat(config.path("bnb_4bit_use_double_quant").asBoolean()).isFalse();
        assertThat(config.path("bnb_4bit_compute_dtype").asText()).isEqualTo("float16");
        assertThat(config.path("llm_int8_skip_modules")).extracting(JsonNode::asText)
                .containsExactly("lm_head", "v_proj");
        assertThat(folder.resolve("fp4/model.safetensors.index.json")).exists();
        assertThat(loss(folder.resolve("fp4"))).isCloseTo(loss(model), within(1.5));
    }

    @Test
    void mergesByOurNamesAndByThoseOfTheReference() throws IOException {
        CommandRun run = succeeded("merge", "--model", model.toString(), "--adapter", ADAPTER, "--out", path("ours"),
                "--json", path("report.json"));
        assertThat(run.out()).contains("an adapter of rank 4 added to 10 matrices");
        assertThat(json("report.json").path("matrices").asInt()).isEqualTo(10);
        succeeded("merge", "--base_model_name_or_path", model.toString(), "--peft_model_path", ADAPTER,
                "--output_dir", path("theirs"), "--device", "auto");
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
            assertThat(folder.resolve("theirs").resolve(file))
                    .hasSameBinaryContentAs(folder.resolve("ours").resolve(file));
        }
        assertThat(loss(folder.resolve("ours"))).isNotCloseTo(loss(model), within(1e-3));
        succeeded("merge", "--model", model.toString(), "--adapter", ADAPTER, "--out", path("half"),
                "--dtype", "float16");
        assertThat(json("half/config.json").path("dtype").asText()).isEqualTo("float16");
    }

    @Test
    void aBaseInFourBitsIsRestored() throws IOException {
        Path nf4 = copy("llama-nf4", "nf4");
        assertThat(succeeded("merge", "--model", nf4.toString(), "--adapter", ADAPTER, "--out", path("merged")).out())
                .contains("14 matrices restored from four bits");
        assertThat(json("merged/config.json").has("quantization_config")).isFalse();
        loss(folder.resolve("merged"));
    }

    @Test
    void theAdapterMayNameItsModel() throws IOException {
        Path adapter = Files.createDirectory(folder.resolve("adapter"));
        Files.copy(Path.of(ADAPTER, "adapter_model.safetensors"), adapter.resolve("adapter_model.safetensors"));
        String config = Files.readString(Path.of(ADAPTER, "adapter_config.json"));
        Files.writeString(adapter.resolve("adapter_config.json"), config.replace("\"llama\"", "\"" + model + "\""));
        succeeded("merge", "--adapter", adapter.toString(), "--out", path("merged"));
        assertThat(CommandRun.of("merge", "--adapter", ADAPTER, "--out", path("other")).sentence())
                .contains("names 'llama', which is no directory here", "--model");
    }

    @Test
    void nothingIsOverwrittenUnasked() throws IOException {
        Path kept = Files.writeString(Files.createDirectory(folder.resolve("kept")).resolve("thesis.txt"), "years");
        for (String[] command : new String[][] {
            {"quantize", "--model", model.toString()},
            {"merge", "--model", model.toString(), "--adapter", ADAPTER}}) {
            assertThat(run(command, "--out", kept.getParent().toString()).sentence()).contains("not empty", "--force");
            assertThat(run(command, "--out", kept.getParent().toString(), "--force").sentence())
                    .contains("something else than a model");
            assertThat(run(command, "--out", model.toString(), "--force").sentence()).contains("which is being read");
            assertThat(run(command, "--out", folder.toString(), "--force").sentence()).contains("which is being read");
            assertThat(run(command, "--out", kept.toString()).sentence()).contains("is a file; name a directory");
            assertThat(run(command, "--out", path(command[0])).exitCode()).isZero();
            assertThat(run(command, "--out", path(command[0])).sentence()).contains("not empty", "--force");
            assertThat(run(command, "--out", path(command[0]), "--force").exitCode()).isZero();
        }
        assertThat(kept).content().isEqualTo("years");
    }

    private static CommandRun run(String[] command, String... more) {
        List<String> arguments = new ArrayList<>(Arrays.asList(command));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "quantize --model none | there is no model directory none",
        "quantize --model MODEL --quant-type int8 | Unknown four-bit format 'int8': known are nf4, fp4",
        "quantize --model MODEL --compute-dtype int8 | Unknown --compute-dtype 'int8': use float32, float16",
        "quantize --model MODEL --skip-modules gate | so it cannot be skipped",
        "quantize --model MODEL --max-shard-size 5G | '5G' is no size such as 5GB",
        "quantize --model ADAPTER | is no model directory: it has no config.json",
        "merge --model none --adapter ADAPTER | nothing is downloaded here",
        "merge --model MODEL --adapter MODEL | is no adapter directory",
        "merge --model MODEL --adapter ADAPTER --dtype int8 | Unknown --dtype 'int8'",
        "merge --model MODEL --adapter ADAPTER --device cuda:0 | --device must be auto or cpu, not 'cuda:0'",
        "merge --model ENCODER --adapter ADAPTER | does not belong to this model",
    })
    void whatMakesNoSenseIsOneSentence(String arguments, String complaint) {
        List<String> all = new ArrayList<>(Arrays.stream(arguments.split(" ")).map(word -> switch (word) {
            case "MODEL" -> model.toString();
            case "ADAPTER" -> ADAPTER;
            case "ENCODER" -> Golden.directory("bert").toString();
            default -> word;
        }).toList());
        all.addAll(List.of("--out", path("out")));
        assertThat(CommandRun.of(all.toArray(String[]::new)).sentence()).contains(complaint);
        assertThat(folder.resolve("out")).doesNotExist();
    }
}
