package org.frugaltorch.finetune.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.frugaltorch.finetune.method.Method.TokenChoice;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MethodTest {
    @ParameterizedTest
    @CsvSource({
        "full,FULL,", "lora,LORA,", "qlora,QLORA,", "tokentune,FULL,0.3", "tokentune-0.25,FULL,0.25",
        "full+tokentune-16,FULL,16", "qlora+tokentune,QLORA,0.3", "tokentune-0.5+lora,LORA,0.5"
    })
    void readsNames(String name, Training training, String share) {
        Method method = Method.named(name);
        assertThat(method.name()).isEqualTo(name);
        assertThat(method.training()).isEqualTo(training);
        assertThat(method.tokens().map(choice -> choice.share().toString()).orElse(null)).isEqualTo(share);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "lora+", "lora+qlora", "tokentune+tokentune", "meft", "tokentuned"})
    void refusesOthers(String name) {
        assertThatThrownBy(() -> Method.named(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Unknown method '" + name + "'").hasMessageContaining("qlora+tokentune-0.3");
    }

    @Test
    void refusesSharesThatAreNone() {
        assertThatThrownBy(() -> Method.named("lora+tokentune-1.5"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("not 1.5");
    }

    @Test
    void namesTellEverything() {
        assertThat(Method.full().name()).isEqualTo("full");
        assertThat(Method.tokenTune(new TokenShare.Count(16), TokenImportance.EMBEDDING_NORM).name())
                .isEqualTo("tokentune-16-embedding-norm");
        Method method = Method.of(Training.QLORA,
                Optional.of(new TokenChoice(new TokenShare.Ratio(0.3), TokenImportance.RANDOM)));
        assertThat(method.name()).isEqualTo("qlora+tokentune-0.3");
        assertThat(Method.named(method.name())).isEqualTo(method);
        Method recomputed = method.under(ActivationPolicy.RECOMPUTE);
        assertThat(recomputed.name()).isEqualTo("qlora+tokentune-0.3+recompute");
        assertThat(recomputed.policy()).isEqualTo(ActivationPolicy.RECOMPUTE);
        assertThat(recomputed.under(ActivationPolicy.LEAN).name()).isEqualTo("qlora+tokentune-0.3+lean");
        assertThat(recomputed.under(ActivationPolicy.KEEP)).isEqualTo(method);
        assertThat(recomputed.throughAllTokens().name()).isEqualTo("qlora+recompute");
    }
}
