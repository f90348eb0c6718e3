package org.frugaltorch.finetune.tokentune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalDouble;
import org.frugaltorch.finetune.memory.ClassifierProbe;
import org.frugaltorch.finetune.memory.StepMemory;
import org.frugaltorch.finetune.memory.StepVariant;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.method.PreparedClassifier;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a forward pass keeps is what the formula counts; nothing of unselected tokens but keys and values. */
class SavedActivationsNativeTest {
    // Batches large enough that a head's few numbers and allocations' rounding are small beside the stack's.
    private static final ClassifierProbe PROBE = new ClassifierProbe(16, 64);

    @ParameterizedTest
    @ValueSource(strings = {"0.1", "0.25", "0.5", "1.0", "16"})
    void equalTheFormula(String text) {
        TokenShare share = TokenShare.parse(text);
        long handles = TensorScope.liveHandles();
        StepMemory memory = measure(Method.tokenTune(share, TokenImportance.RANDOM));
        assertThat((double) memory.savedActivationBytes() / memory.formulaBytes()).isCloseTo(1, within(0.02));
        assertThat(TensorScope.liveHandles()).isEqualTo(handles);
    }

    @ParameterizedTest
    @ValueSource(doubles = 0.25)
    void aQuarterOfTheTokensKeepsAboutAThird(double ratio) {
        TokenShare share = new TokenShare.Ratio(ratio);
        double full = measure(Method.full()).savedActivationBytes();
        double part = measure(Method.tokenTune(share, TokenImportance.RANDOM)).savedActivationBytes();
        // The tiny model's feed-forward network is narrow, so keys and values weigh more than in BERT's 34 %.
        assertThat(part / full).isLessThan(0.40);
    }

    @ParameterizedTest
    @EnumSource(ActivationPolicy.class)
    void equalTheFormulaUnderEveryPolicy(ActivationPolicy policy) {
        Method some = Method.tokenTune(new TokenShare.Ratio(0.25), TokenImportance.RANDOM);
        for (Method method : List.of(Method.full(), some)) {
            StepMemory memory = measure(method, policy);
            assertThat((double) memory.savedActivationBytes() / memory.formulaBytes()).as(method.name())
                    .isCloseTo(1, within(0.02));
        }
    }

    private static StepMemory measure(Method method) {
        return measure(method, ActivationPolicy.KEEP);
    }

    private static StepMemory measure(Method method, ActivationPolicy policy) {
        ClassifierSettings settings = new ClassifierSettings(
                List.of("a", "b"), Pooling.MEAN, DType.FLOAT32, Device.CPU, OptionalDouble.of(0));
        return PROBE.measure(
                treatment -> SequenceClassifierDirectory.open(Golden.directory("bert")).random(settings, treatment),
                new StepVariant(method, policy), PreparedClassifier.usualRecipe(
                        ModelDirectory.open(Golden.directory("bert")), DType.FLOAT32));
    }
}
