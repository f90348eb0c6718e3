package org.frugaltorch.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.frugaltorch.finetune.memory.LanguageMethod.Training;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepMethodTest {
    @ParameterizedTest
    @CsvSource({
        "full,FULL,1.0,KEEP,PLAIN", "recompute,FULL,1.0,RECOMPUTE,PLAIN", "full+chunked,FULL,1.0,KEEP,CHUNKED",
        "tokentune-0.25+lean,FULL,0.25,LEAN,PLAIN", "lora,LORA,1.0,KEEP,PLAIN",
        "qlora+tokentune-0.3+recompute+chunked,QLORA,0.3,RECOMPUTE,CHUNKED"
    })
    void readsNames(String name, Training training, double share, ActivationPolicy policy, LanguageLoss loss) {
        StepMethod method = StepMethod.named(name);
        assertThat(method.name()).isEqualTo(name);
        assertThat(method.variant().method().training()).isEqualTo(training);
        assertThat(method.share()).isEqualTo(new TokenShare.Ratio(share));
        assertThat(method.variant().policy()).isEqualTo(policy);
        assertThat(method.variant().loss()).isEqualTo(loss);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fast", "full+", "lora+qlora", "tokentune-2.5"})
    void refusesOthers(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> StepMethod.named(name));
    }

    @Test
    void refusesTwoPolicies() {
        assertThatIllegalArgumentException().isThrownBy(() -> StepMethod.named("lean+recompute"))
                .withMessageContaining("lean+recompute").withMessageContaining("choose one");
    }

    @Test
    void classifiersHaveNoAdapters() {
        assertThat(StepMethod.named("tokentune-0.25+recompute").forClassifier().name())
                .isEqualTo("tokentune-0.25+recompute");
        assertThatIllegalArgumentException().isThrownBy(() -> StepMethod.named("lora").forClassifier())
                .withMessageContaining("for language models");
        assertThatIllegalArgumentException().isThrownBy(() -> StepMethod.named("full+chunked").forClassifier());
    }
}
