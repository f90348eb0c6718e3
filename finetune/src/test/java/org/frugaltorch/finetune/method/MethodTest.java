package org.frugaltorch.finetune.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.frugaltorch.finetune.meft.MeftSettings;
import org.frugaltorch.finetune.meft.MeftVariant;
import org.frugaltorch.finetune.method.Method.TokenChoice;
import org.frugaltorch.finetune.method.Method.Training;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.quant.FourBitFormat;
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

    @Test
    void readsReversibleMethods() {
        Method method = Method.named("meft1+tokentune-0.25", variant -> new MeftRecipe(MeftSettings.of(variant)));
        assertThat(method.name()).isEqualTo("meft1+tokentune-0.25");
        assertThat(method.training()).isEqualTo(Training.MEFT);
        assertThat(method.reversible().orElseThrow().settings()).isEqualTo(MeftSettings.of(MeftVariant.MEFT1));
        assertThat(method.throughAllTokens().name()).isEqualTo("meft1");
        assertThat(Method.named("lora", variant -> null)).isEqualTo(Method.named("lora"));
        assertThatThrownBy(() -> method.under(ActivationPolicy.LEAN)).hasMessageContaining("leave --lean out");
    }

    @ParameterizedTest
    @CsvSource({"meft1+nf4,NF4", "meft3+fp4,FP4", "meft2+nf4+tokentune-0.25,NF4"})
    void readsReversibleMethodsOverFourBits(String name, FourBitFormat format) {
        Method method = Method.named(name);
        assertThat(method.name()).isEqualTo(name);
        assertThat(method.reversible().orElseThrow().quantisation()).hasValueSatisfying(how -> {
            assertThat(how.format()).isEqualTo(format);
            assertThat(how.doubleQuantisation()).isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "nf4", "nf4+meft1", "lora+nf4", "meft1+nf4+fp4", "meft", "meft4", "meft1+", "meft1+lora",
        "meft1+full", "lora+meft1", "meft1+qlora+tokentune"})
    void refusesOtherReversibleOnes(String name) {
        assertThatThrownBy(() -> Method.named(name, variant -> new MeftRecipe(MeftSettings.of(variant))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("Unknown");
    }
}
