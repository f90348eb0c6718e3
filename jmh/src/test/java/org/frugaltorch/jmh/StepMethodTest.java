package org.frugaltorch.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.frugaltorch.finetune.memory.StepVariant;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.Method.Training;
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
        "full,FULL,1.0,KEEP,PLAIN,false", "recompute,FULL,1.0,RECOMPUTE,PLAIN,false",
        "full+chunked,FULL,1.0,KEEP,CHUNKED,false", "full+chunked+in-backward,FULL,1.0,KEEP,CHUNKED,true",
        "tokentune-0.25+lean,FULL,0.25,LEAN,PLAIN,false", "lora,LORA,1.0,KEEP,PLAIN,false",
        "meft2,MEFT,1.0,KEEP,PLAIN,false", "meft1+tokentune-0.25,MEFT,0.25,KEEP,PLAIN,false",
        "qlora+tokentune-0.3+recompute+chunked,QLORA,0.3,RECOMPUTE,CHUNKED,false"
    })
    void readsNames(
            String name, Training training, double share, ActivationPolicy policy, LanguageLoss loss,
            boolean inBackward) {
        StepMethod step = StepMethod.named(name);
        assertThat(step.name()).isEqualTo(name);
        assertThat(step.method().training()).isEqualTo(training);
        assertThat(step.method().tokens().map(Method.TokenChoice::share).orElse(new TokenShare.Ratio(1)))
                .isEqualTo(new TokenShare.Ratio(share));
        assertThat(step.method().policy()).isEqualTo(policy);
        assertThat(step.loss()).isEqualTo(loss);
        assertThat(step.inBackward()).isEqualTo(inBackward);
    }

    @Test
    void languageModelsTakeThePolicyApart() {
        StepVariant variant = StepMethod.named("qlora+tokentune-0.3+recompute+chunked").forLanguageModel();
        assertThat(variant).isEqualTo(new StepVariant(
                Method.named("qlora+tokentune-0.3"), ActivationPolicy.RECOMPUTE, LanguageLoss.CHUNKED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fast", "full+", "lora+qlora", "tokentune-2.5", "meft4", "chunked+chunked"})
    void refusesOthers(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> StepMethod.named(name));
    }

    @Test
    void refusesTwoPolicies() {
        assertThatIllegalArgumentException().isThrownBy(() -> StepMethod.named("lean+recompute"))
                .withMessageContaining("lean+recompute").withMessageContaining("choose one");
    }

    @Test
    void classifiersKnowNoLossInChunks() {
        assertThat(StepMethod.named("tokentune-0.25+recompute").forClassifier().whole().name())
                .isEqualTo("tokentune-0.25+recompute");
        assertThatIllegalArgumentException().isThrownBy(() -> StepMethod.named("full+chunked").forClassifier())
                .withMessageContaining("for language models");
        assertThat(StepMethod.named("full+in-backward").forClassifier().optimizerInBackward()).isTrue();
    }
}
