package org.frugaltorch.finetune.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.tokentune.TokenTune;
import org.frugaltorch.finetune.tokentune.WeightedSelection;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.frugaltorch.testing.LiveHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A last block that computes what is read gives the scores and gradients of one that computes everything. */
@ExtendWith(LiveHandles.class)
class FinalStatesNativeTest {
    private static final double TOLERANCE = 1e-12;

    static Stream<Arguments> models() {
        return Stream.of("bert", "roberta", "vit", "llama", "mistral", "qwen3", "opt-classification", "opt-post-norm",
                        "bart-classification")
                .flatMap(name -> Stream.of(Pooling.CLS, Pooling.LAST).flatMap(pooling -> Stream.of(ActivationPolicy.values())
                        .flatMap(policy -> Stream.of(1.0, 0.5).map(share -> Arguments.of(name, pooling, policy, share)))));
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatIsNotReadMakesNoDifference(String name, Pooling pooling, ActivationPolicy policy, double share) {
        WeightedSelection.Anchors anchors =
                pooling == Pooling.LAST ? WeightedSelection.Anchors.ENDS : WeightedSelection.Anchors.FIRST;
        ActivationStrategy reading = new TokenTune(
                new WeightedSelection(new TokenShare.Ratio(share), TokenImportance.RANDOM, anchors), policy);
        ActivationStrategy computingAll = (stack, batch, mode, wanted) -> reading.run(stack, batch, mode, FinalStates.ALL);
        try (TensorScope scope = TensorScope.open()) {
            Map<String, Tensor> expected = scoresAndGradients(name, pooling, computingAll);
            Map<String, Tensor> actual = scoresAndGradients(name, pooling, reading);
            Golden.assertGradientsClose(actual, expected, TOLERANCE);
        }
    }

    private static Map<String, Tensor> scoresAndGradients(String name, Pooling pooling, ActivationStrategy strategy) {
        Engine.seed(7); // heads of language models are new
        try (Golden golden = Golden.open(name);
                SequenceClassifier model = Golden.classifier(name, pooling, DType.FLOAT64)) {
            TokenBatch batch = golden.batchFor(model.stack().config());
            Tensor scores = model.logits(strategy, batch, ForwardMode.train(1));
            Tensor labels = Tensors.of(new long[batch.rows()]);
            Backward.run(Functional.crossEntropy(scores, labels, LossReduction.MEAN, -100, 0));
            Map<String, Tensor> all = new TreeMap<>();
            model.parameters().asMap().forEach((parameter, tensor) -> all.put(parameter, tensor.grad()));
            all.put("scores", scores.detach());
            return all;
        }
    }

    @Test
    void oneTokenOfEverySequenceIsGiven() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("bert");
                SequenceClassifier model = Golden.classifier("bert", Pooling.CLS)) {
            TokenBatch batch = golden.batch();
            Tensor all = new KeepAll().run(model.stack(), batch, ForwardMode.EVALUATE, FinalStates.ALL).hiddenStates();
            StackOutput first = new KeepAll().run(model.stack(), batch, ForwardMode.EVALUATE, FinalStates.FIRST);
            StackOutput last = new KeepAll().run(model.stack(), batch, ForwardMode.EVALUATE, FinalStates.LAST);
            int[] lengths = TokenGroup.all(batch).lengths();
            assertThat(Arrays.stream(lengths).min().orElseThrow()).as("ragged").isLessThan(batch.width());
            for (int row = 0; row < batch.rows(); row++) {
                assertThat(first.tokens().positions()[row]).isZero();
                assertThat(last.tokens().positions()[row]).isEqualTo(lengths[row] - 1);
                Golden.assertClose("first", first.hiddenStates().select(0, row), all.select(0, row).narrow(0, 0, 1), 1e-6);
                Golden.assertClose("last", last.hiddenStates().select(0, row),
                        all.select(0, row).narrow(0, lengths[row] - 1, 1), 1e-6);
            }
        }
    }

    @Test
    void rowsOfPaddingAloneGiveTheirFirst() {
        boolean[] valid = {true, true, false, false, false, false};
        TokenGroup tokens = TokenGroup.all(new TokenBatch(2, 3, new long[6], valid, new long[6]));
        assertThat(FinalStates.LAST.columns(tokens)).isDeepEqualTo(new int[][] {{1}, {0}});
        assertThat(FinalStates.FIRST.columns(tokens)).isDeepEqualTo(new int[][] {{0}, {0}});
    }
}
