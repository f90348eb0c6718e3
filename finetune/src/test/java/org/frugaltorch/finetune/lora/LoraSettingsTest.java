package org.frugaltorch.finetune.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LoraSettingsTest {
    private static final String QUERY = "model.layers.10.self_attn.q_proj";

    @Test
    void scaleIsAlphaByRankOrItsRoot() {
        assertThat(new LoraSettings(16, 8, TargetModules.ALL_LINEAR).scale()).isEqualTo(0.5);
        assertThat(new LoraSettings(16, 8, 0, TargetModules.ALL_LINEAR, true, LoraBias.NONE, List.of()).scale())
                .isEqualTo(2);
    }

    @Test
    void reportsAllProblemsTogether() {
        assertThatThrownBy(() -> new LoraSettings(0, -1, 1, TargetModules.named(), false, LoraBias.NONE, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("rank", "alpha", "dropout", "target module");
    }

    @Test
    void endingsMatchWholeNames() {
        assertThat(TargetModules.named("q_proj").matches(QUERY)).isTrue();
        assertThat(TargetModules.named("self_attn.q_proj").matches(QUERY)).isTrue();
        assertThat(TargetModules.named(QUERY).matches(QUERY)).isTrue();
        assertThat(TargetModules.named("proj").matches(QUERY)).isFalse();
        assertThat(TargetModules.named("q_proj").matches("q_proj")).isTrue();
    }

    @Test
    void expressionsMatchTheWholeName() {
        assertThat(new TargetModules.Expression(".*\\.layers\\.1\\d\\..*q_proj").matches(QUERY)).isTrue();
        assertThat(new TargetModules.Expression("q_proj").matches(QUERY)).isFalse();
        assertThatThrownBy(() -> new TargetModules.Expression("(")).hasMessageContaining("regular expression");
    }

    @Test
    void allLinearSparesHeads() {
        assertThat(TargetModules.ALL_LINEAR.matches(QUERY)).isTrue();
        assertThat(TargetModules.ALL_LINEAR.matches("lm_head")).isFalse();
        assertThat(TargetModules.ALL_LINEAR.matches("classifier")).isFalse();
    }

    @Test
    void modulesToSaveGetNoAdapter() {
        LoraSettings settings = new LoraSettings(
                4, 8, 0, TargetModules.named("dense"), false, LoraBias.NONE, List.of("pooler"));
        assertThat(settings.adapts("bert.encoder.layer.0.output.dense")).isTrue();
        assertThat(settings.adapts("bert.pooler.dense")).isFalse();
        assertThat(settings.saves("bert.pooler.dense.weight")).isTrue();
        assertThat(settings.saves("bert.poolers.dense.weight")).isFalse();
    }
}
