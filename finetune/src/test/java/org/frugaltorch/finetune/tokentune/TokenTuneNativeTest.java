package org.frugaltorch.finetune.tokentune;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TokenTune against its definition (ordinary forward with stopped gradients) and against full fine-tuning. */
class TokenTuneNativeTest {
    private static final Map<Pooling, String> GOLDEN_NAMES =
            Map.of(Pooling.CLS, "cls", Pooling.MEAN, "mean", Pooling.SELECTED_MEAN, "selectedMean");

    @ParameterizedTest
    @EnumSource(value = Pooling.class, names = "LAST", mode = EnumSource.Mode.EXCLUDE)
    void equalsTheOrdinaryForwardWithStoppedGradients(Pooling pooling) {
        assertEqualsDefinition(pooling, DType.FLOAT32, 1e-5);
    }

    @ParameterizedTest
    @EnumSource(value = Pooling.class, names = "LAST", mode = EnumSource.Mode.EXCLUDE)
    void equalsTheDefinitionToTheRoundingOfTheGoldenValuesInDouble(Pooling pooling) {
        assertEqualsDefinition(pooling, DType.FLOAT64, 2e-7);
    }

    private static void assertEqualsDefinition(Pooling pooling, DType type, double tolerance) {
        String variant = "tokentune." + GOLDEN_NAMES.get(pooling);
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert-tokentune");
                SequenceClassifier model = Golden.classifier("bert", pooling, type)) {
            TokenBatch batch = golden.batch();
            TokenSelection stored = (stack, any, seed) -> columns(batch, golden.flags("selected"));
            Tensor logits = model.logits(new TokenTune(stored), batch, ForwardMode.train(1));
            Tensor loss = Functional.crossEntropy(logits, golden.tensor("labels"), LossReduction.MEAN, -100, 0);
            Golden.assertClose("logits", logits, golden.tensor(variant + ".logits"), tolerance);
            Backward.run(loss);
            golden.assertGradients("grad." + variant + ".", model.parameters(), tolerance);
        }
    }

    @ParameterizedTest
    @EnumSource(Pooling.class)
    void allTokensSelectedEqualsFullFineTuning(Pooling pooling) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert")) {
            TokenSelection all = new WeightedSelection(new TokenShare.Ratio(1), TokenImportance.RANDOM);
            Map<String, Tensor> full = gradients(golden, pooling, new KeepAll());
            Map<String, Tensor> selected = gradients(golden, pooling, new TokenTune(all));
            Golden.assertGradientsClose(selected, full, 1e-6);
        }
    }

    private static Map<String, Tensor> gradients(Golden golden, Pooling pooling, ActivationStrategy strategy) {
        Map<String, Tensor> result = new TreeMap<>();
        try (SequenceClassifier model = Golden.classifier("bert", pooling)) {
            Tensor logits = model.logits(strategy, golden.batch(), ForwardMode.train(1));
            Backward.run(Functional.crossEntropy(logits, golden.tensor("labels"), LossReduction.MEAN, -100, 0));
            model.parameters().asMap().forEach((name, parameter) -> result.put(name, parameter.grad()));
        }
        return result;
    }

    private static int[][] columns(TokenBatch batch, boolean[] selected) {
        return IntStream.range(0, batch.rows())
                .mapToObj(row -> IntStream.range(0, batch.width())
                        .filter(column -> selected[row * batch.width() + column])
                        .toArray())
                .toArray(int[][]::new);
    }
}
