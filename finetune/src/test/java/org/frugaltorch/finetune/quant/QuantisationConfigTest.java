package org.frugaltorch.finetune.quant;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.frugaltorch.tensor.DType;
import org.junit.jupiter.api.Test;

class QuantisationConfigTest {
    private static final Path FILE = Path.of("config.json");
    private static final Quantisation QUANTISATION = new Quantisation(FourBitFormat.FP4, true, DType.FLOAT16);

    private static ObjectNode model(ObjectNode quantisation) {
        return new ObjectMapper().createObjectNode().set(QuantisationConfig.FIELD, quantisation);
    }

    @Test
    void readsWhatItWrote() {
        for (Optional<List<String>> skipped : List.of(
                Optional.<List<String>>empty(), Optional.of(List.<String>of()), Optional.of(List.of("a", "b")))) {
            QuantisationConfig config = new QuantisationConfig(QUANTISATION, skipped);
            assertThat(QuantisationConfig.of(model(config.toJson()), FILE)).contains(config);
        }
        assertThat(QuantisationConfig.of(model(null), FILE)).isEmpty();
        assertThat(QuantisationConfig.of(new ObjectMapper().createObjectNode(), FILE)).isEmpty();
    }

    @Test
    void missingFieldsHaveTheValuesOfTransformers() {
        ObjectNode sparse = new ObjectMapper().createObjectNode().put("load_in_4bit", true);
        assertThat(QuantisationConfig.of(model(sparse), FILE)).contains(new QuantisationConfig(
                new Quantisation(FourBitFormat.FP4, false, DType.FLOAT32), Optional.empty()));
    }

    @Test
    void modulesAreSkippedByTheRuleOfTransformers() {
        QuantisationConfig listed = new QuantisationConfig(
                QUANTISATION, Optional.of(List.of("lm_head", "q_proj", "model.layers.1.", "model.*.0.mlp")));
        assertThat(listed.skips("lm_head")).isTrue();
        assertThat(listed.skips("model.layers.3.self_attn.q_proj")).isTrue();
        assertThat(listed.skips("model.layers.1.mlp.up_proj")).isTrue();
        assertThat(listed.skips("model.layers.10.mlp.up_proj")).isTrue(); // 10 matches "1.", a regular expression
        assertThat(listed.skips("model.layers.0.mlp.up_proj")).isTrue();
        assertThat(listed.skips("model.layers.2.mlp.up_proj")).isFalse();
        assertThat(listed.skips("model.layers.0.self_attn.k_proj")).isFalse();
        QuantisationConfig usual = new QuantisationConfig(QUANTISATION, Optional.empty());
        assertThat(usual.skips("lm_head")).isTrue();
        assertThat(usual.skips("model.layers.0.self_attn.k_proj")).isFalse();
    }
}
