package org.frugaltorch.finetune.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.frugaltorch.finetune.memory.LanguageMethod.Training;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageMethodTest {
    @ParameterizedTest
    @CsvSource({
        "full,FULL,", "lora,LORA,", "qlora,QLORA,", "tokentune,FULL,0.3", "tokentune-0.25,FULL,0.25",
        "full+tokentune-16,FULL,16", "qlora+tokentune,QLORA,0.3", "tokentune-0.5+lora,LORA,0.5"
    })
    void readsNames(String name, Training training, String share) {
        LanguageMethod method = LanguageMethod.named(name);
        assertThat(method.name()).isEqualTo(name);
        assertThat(method.training()).isEqualTo(training);
        assertThat(method.share().map(TokenShare::toString).orElse(null)).isEqualTo(share);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "lora+", "lora+qlora", "tokentune+tokentune", "meft", "tokentuned"})
    void refusesOthers(String name) {
        assertThatThrownBy(() -> LanguageMethod.named(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Unknown method '" + name + "'").hasMessageContaining("qlora+tokentune-0.3");
    }

    @Test
    void refusesSharesThatAreNone() {
        assertThatThrownBy(() -> LanguageMethod.named("lora+tokentune-1.5"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("not 1.5");
    }
}
