package org.frugaltorch.finetune.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.frugaltorch.finetune.lora.LoraAdaptersNativeTest.Model;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.io.DataException;
import org.frugaltorch.io.SafetensorsFile;
import org.frugaltorch.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters on disk, in PEFT's layout. */
class AdapterDirectoryNativeTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final AdapterOrigin ORIGIN = new AdapterOrigin("bert", AdapterOrigin.Task.SEQ_CLS);
    private static final LoraSettings FULL = new LoraSettings(
            4, 6, 0.05, TargetModules.named("value", "query"), true, LoraBias.LORA_ONLY, List.of("classifier"));

    @TempDir
    Path directory;

    @Test
    void loadedEqualsSaved() {
        Path saved = directory.resolve("adapter");
        float[] expected;
        try (Model m = new Model(DType.FLOAT32)) {
            m.adapters.add("trained", FULL);
            m.model.parameters().trainable().forEach(parameter -> parameter.detach().normalInPlace(0, 0.2));
            expected = m.logits();
            m.adapters.disable();
            m.adapters.save("trained", saved, ORIGIN);
        }
        try (Model m = new Model(DType.FLOAT32)) {
            float[] base = m.logits();
            m.adapters.load("again", saved);
            assertThat(m.adapters.settings("again").scale()).isEqualTo(FULL.scale());
            assertThat(m.logits()).isEqualTo(expected).isNotEqualTo(base);
            m.adapters.disable();
            assertThat(m.logits()).isEqualTo(base);
        }
    }

    @Test
    void filesCarryPeftsNames() {
        try (Model m = new Model(DType.FLOAT32)) {
            m.adapters.add("trained", FULL);
            m.adapters.save("trained", directory.resolve("adapter"), ORIGIN);
        }
        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("adapter/adapter_model.safetensors"))) {
            assertThat(file.names()).contains(
                    "base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight",
                    "base_model.model.bert.encoder.layer.0.attention.self.value.lora_B.weight",
                    "base_model.model.bert.encoder.layer.0.attention.self.value.base_layer.bias",
                    "base_model.model.classifier.weight", "base_model.model.classifier.bias");
            assertThat(file.names()).allMatch(name -> name.startsWith("base_model.model."));
            assertThat(file.metadata()).containsEntry("format", "pt");
        }
    }

    @Test
    void configurationHasPeftsFieldsAndValues() throws IOException {
        JsonNode peft = MAPPER.readTree(Golden.directory("llama-lora").resolve("adapter_config.json").toFile());
        LoraSettings read = PeftConfig.read(peft, Path.of("adapter_config.json"));
        JsonNode written = PeftConfig.write(
                read, List.of(), new AdapterOrigin("llama", AdapterOrigin.Task.CAUSAL_LM));
        assertThat(MAPPER.readTree(written.toString())).isEqualTo(peft);
    }

    @Test
    void allLinearIsWrittenAsTheLayersItMeant() throws IOException {
        try (Model m = new Model(DType.FLOAT32)) {
            m.adapters.add("trained", new LoraSettings(2, 2, TargetModules.ALL_LINEAR));
            m.adapters.save("trained", directory.resolve("adapter"), ORIGIN);
            JsonNode written = MAPPER.readTree(directory.resolve("adapter/adapter_config.json").toFile());
            TreeSet<String> expected = new TreeSet<>(m.model.parameters().linears().keySet());
            expected.remove("classifier");
            assertThat(written.path("target_modules")).extracting(JsonNode::asText).containsExactlyElementsOf(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "use_dora | true | use_dora = true",
        "rank_pattern | {\"q_proj\": 2} | rank_pattern",
        "layers_to_transform | [0] | layers_to_transform",
        "init_lora_weights | \"pissa_niter_4\" | pissa",
        "something_new | 3 | something_new = 3",
        "peft_type | \"IA3\" | only LORA",
        "r | 0 | rank must be at least 1",
        "target_modules | [\"absent\"] | match no linear layer",
    })
    void refusesWhatItCannotCompute(String field, String value, String complaint) throws IOException {
        assertThatThrownBy(() -> loadChanged(field, value)).hasMessageContaining(complaint);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "r | 8 | does not fit [8,",
        "bias | \"none\" | nothing in the model takes",
        "target_modules | [\"query\", \"value\", \"key\"] | key.lora_A.weight is missing",
    })
    void refusesTensorsThatDoNotFit(String field, String value, String complaint) {
        assertThatThrownBy(() -> loadChanged(field, value)).isInstanceOf(DataException.class)
                .hasMessageContaining(complaint);
    }

    /** Saves an adapter, changes a field of its configuration, and loads it; a failure must leave no trace. */
    private void loadChanged(String field, String value) throws IOException {
        Path saved = directory.resolve("adapter");
        try (Model m = new Model(DType.FLOAT32)) {
            m.adapters.add("trained", FULL);
            m.adapters.save("trained", saved, ORIGIN);
        }
        Path file = saved.resolve("adapter_config.json");
        ObjectNode config = (ObjectNode) MAPPER.readTree(file.toFile());
        config.set(field, MAPPER.readTree(value));
        Files.writeString(file, config.toString());
        try (Model m = new Model(DType.FLOAT32)) {
            float[] base = m.logits();
            try {
                m.adapters.load("again", saved);
            } finally {
                assertThat(m.logits()).isEqualTo(base);
                assertThat(m.adapters.names()).isEmpty();
            }
        }
    }

    @Test
    void saysWhatADirectoryLacks() {
        try (Model m = new Model(DType.FLOAT32)) {
            assertThatThrownBy(() -> m.adapters.load("any", directory)).isInstanceOf(DataException.class)
                    .hasMessageContaining("no adapter directory");
        }
    }
}
