package org.frugaltorch.finetune.tokentune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.finetune.lora.LoraAdapters;
import org.frugaltorch.finetune.lora.LoraBias;
import org.frugaltorch.finetune.lora.LoraSettings;
import org.frugaltorch.finetune.lora.TargetModules;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TokenTune, alone and with LoRA, on every family; the definition is Transformers with gradients stopped. */
class FamiliesTokenTuneNativeTest {
    private static SequenceClassifier classifier(String name, DType type) {
        ModelDirectory directory = ModelDirectory.open(Golden.directory(name));
        return new SequenceClassifierDirectory(directory).load(new ClassifierSettings(
                List.of("a", "b", "c"), directory.pooling(), type, Device.CPU, OptionalDouble.empty()));
    }

    private static Tensor loss(Tensor logits, Golden golden) {
        return Functional.crossEntropy(logits, golden.tensor("labels"), LossReduction.MEAN, -100, 0);
    }

    /** The stored choice: an encoder's, or that of a decoder beside one. */
    private static TokenSelection stored(Golden golden) {
        return (stack, batch, seed) ->
                golden.columns(stack.config().encoder() == null ? "selected" : "decoder_selected");
    }

    @ParameterizedTest
    @CsvSource({"roberta,FLOAT32,KEEP,1e-5", "roberta,FLOAT64,LEAN,2e-7", "roberta,FLOAT64,RECOMPUTE,2e-7",
            "opt-classification,FLOAT32,KEEP,1e-5", "opt-classification,FLOAT64,LEAN,2e-7",
            "opt-classification,FLOAT64,RECOMPUTE,2e-7", "bart-classification,FLOAT32,KEEP,1e-5",
            "bart-classification,FLOAT64,LEAN,2e-7", "bart-classification,FLOAT64,RECOMPUTE,2e-7",
            "vit,FLOAT32,KEEP,1e-5", "vit,FLOAT64,LEAN,2e-7", "vit,FLOAT64,RECOMPUTE,2e-7"})
    void equalsTransformersWithStoppedGradients(String name, DType type, ActivationPolicy policy, double tolerance) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name + "-tokentune");
                SequenceClassifier model = classifier(name, type)) {
            TokenBatch batch = golden.batchFor(model.stack().config());
            Tensor logits = model.logits(new TokenTune(stored(golden), policy), batch, ForwardMode.train(1));
            Golden.assertClose("logits", logits, golden.tensor("logits"), tolerance);
            Backward.run(loss(logits, golden));
            golden.assertGradients("grad.", model.parameters(), tolerance);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta", "opt-classification", "bart-classification", "vit"})
    void allTokensSelectedEqualsFullFineTuning(String name) {
        TokenSelection all = new WeightedSelection(new TokenShare.Ratio(1), TokenImportance.RANDOM);
        try (TensorScope scope = TensorScope.open()) {
            Golden.assertGradientsClose(gradients(name, new TokenTune(all)), gradients(name, new KeepAll()), 1e-6);
        }
    }

    private static Map<String, Tensor> gradients(String name, ActivationStrategy strategy) {
        Map<String, Tensor> result = new TreeMap<>();
        try (Golden golden = Golden.open(name);
                SequenceClassifier model = classifier(name, DType.FLOAT32)) {
            Tensor logits = model.logits(strategy, golden.batchFor(model.stack().config()), ForwardMode.train(1));
            Backward.run(loss(logits, golden));
            model.parameters().asMap().forEach((parameter, tensor) -> result.put(parameter, tensor.grad()));
        }
        return result;
    }

    /** Whatever chance draws, what the head reads is among it, and the forward value is that of all tokens. */
    @ParameterizedTest
    @CsvSource({"roberta,RANDOM", "roberta,EMBEDDING_NORM", "opt-classification,RANDOM",
            "opt-classification,ATTENTION_RECEIVED", "bart-classification,RANDOM",
            "bart-classification,ATTENTION_RECEIVED",
            "vit,RANDOM", "vit,EMBEDDING_NORM", "vit,ATTENTION_RECEIVED"})
    void theForwardValueIsExactForEveryImportance(String name, TokenImportance importance) {
        TokenSelection some = new WeightedSelection(new TokenShare.Ratio(0.3), importance);
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                SequenceClassifier model = classifier(name, DType.FLOAT32)) {
            for (int seed = 0; seed < 5; seed++) {
                Tensor logits = model.logits(
                        new TokenTune(some), golden.batchFor(model.stack().config()), ForwardMode.train(seed));
                Golden.assertClose("logits", logits, golden.tensor("logits"), 1e-5);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"roberta,classifier", "opt-classification,score", "bart-classification,classification_head",
            "vit,classifier"})
    void lowRankAdaptersLearnUnderTokenTuneWithTheHeadInFull(String name, String head) {
        LoraSettings settings = new LoraSettings(
                4, 8, 0, TargetModules.ALL_LINEAR, false, LoraBias.NONE, List.of(head));
        TokenSelection half = new WeightedSelection(new TokenShare.Ratio(0.5), TokenImportance.RANDOM);
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                SequenceClassifier model = classifier(name, DType.FLOAT32);
                LoraAdapters adapters = new LoraAdapters(model.parameters(), DType.FLOAT32)) {
            assertThat(ModelDirectory.open(Golden.directory(name)).classifierModules()).containsExactly(head);
            adapters.add("mine", settings);
            TokenBatch batch = golden.batchFor(model.stack().config());
            ActivationStrategy strategy = adapters.under(new TokenTune(half));
            double first = 0;
            double last = 0;
            for (int step = 0; step < 40; step++) {
                Tensor loss = loss(model.logits(strategy, batch, ForwardMode.train(step)), golden);
                last = loss.item();
                first = step == 0 ? last : first;
                Backward.run(loss);
                model.parameters().trainable().forEach(trained -> {
                    if (trained.grad() != null) {
                        trained.detach().copyInPlace(trained.detach().sub(trained.grad().mul(0.05)));
                    }
                });
                model.parameters().clearGrads();
            }
            assertThat(last).isLessThan(0.3 * first);
        }
    }

    @Test
    void aSelectionWithoutTheTokenThatIsReadIsRefused() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("opt-classification");
                SequenceClassifier model = classifier("opt-classification", DType.FLOAT32)) {
            assertThat(model.pooling()).isEqualTo(Pooling.LAST);
            TokenSelection first = (stack, batch, seed) -> new int[][] {{0, 1}, {0, 1}, {0, 1}};
            assertThatThrownBy(() -> model.logits(new TokenTune(first), golden.batch(), ForwardMode.train(1)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("must always contain it");
        }
    }
}
