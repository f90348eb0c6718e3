package org.frugaltorch.finetune.tokentune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.LanguageBatch;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.tokentune.WeightedSelection.Anchors;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TokenTune on decoders against its definition and against full fine-tuning. */
class DecoderTokenTuneNativeTest {
    static Stream<Arguments> variants() {
        return Stream.of(ActivationPolicy.values()).flatMap(policy -> Stream.of(LanguageLoss.values()).flatMap(loss ->
                Stream.of(Arguments.of(policy, loss, DType.FLOAT32, 1e-5),
                        Arguments.of(policy, loss, DType.FLOAT64, 2e-7))));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void equalsTheOrdinaryForwardWithStoppedGradients(
            ActivationPolicy policy, LanguageLoss computation, DType type, double tolerance) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama-tokentune");
                CausalLanguageModel model = Golden.languageModel("llama", type)) {
            LanguageBatch batch = golden.languageBatch();
            boolean[] selected = golden.flags("selected");
            TokenSelection stored = (stack, any, seed) -> Golden.columns(batch.tokens(), selected);
            TokenTune strategy = new TokenTune(stored, policy);
            assertLogits(golden, model.logits(strategy, batch.tokens(), ForwardMode.train(1)), selected, tolerance);
            Tensor loss = model.loss(strategy, batch, ForwardMode.train(1), computation);
            Golden.assertClose("loss", loss, golden.tensor("tokentune.loss"), tolerance);
            Backward.run(loss);
            golden.assertGradients("grad.tokentune.", model.parameters(), tolerance);
        }
    }

    /** The strategy gives the selected tokens alone, one after another and padded. */
    private static void assertLogits(Golden golden, Tensor logits, boolean[] selected, double tolerance) {
        Tensor expected = golden.tensor("tokentune.logits");
        int width = (int) expected.size(1);
        for (int row = 0; row < expected.size(0); row++) {
            int slot = 0;
            for (int column = 0; column < width; column++) {
                if (selected[row * width + column]) {
                    Golden.assertClose("logits", logits.select(0, row).select(0, slot++),
                            expected.select(0, row).select(0, column), tolerance);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama3", "mistral", "qwen2", "qwen3"})
    void allTokensSelectedEqualsFullFineTuning(String name) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open(name);
                CausalLanguageModel model = Golden.languageModel(name, DType.FLOAT32)) {
            TokenSelection all =
                    new WeightedSelection(new TokenShare.Ratio(1), TokenImportance.RANDOM, Anchors.ENDS);
            Tensor loss = model.loss(new TokenTune(all), golden.languageBatch(), ForwardMode.train(1));
            Golden.assertClose("loss", loss, golden.tensor("loss"), 1e-5);
            Backward.run(loss);
            golden.assertGradients("grad.", model.parameters(), 1e-5);
        }
    }

    @ParameterizedTest
    @EnumSource(TokenImportance.class)
    void bothEndsAndAShareOfTheOthersAreSelected(TokenImportance importance) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("qwen3");
                CausalLanguageModel model = Golden.languageModel("qwen3", DType.FLOAT32)) {
            TokenBatch batch = golden.languageBatch().tokens(); // rows of 16, 11 and 14 tokens
            int[][] byCount = new WeightedSelection(new TokenShare.Count(4), importance, Anchors.ENDS)
                    .select(model.stack(), batch, 5);
            int[][] byRatio = new WeightedSelection(new TokenShare.Ratio(0.5), importance, Anchors.ENDS)
                    .select(model.stack(), batch, 5);
            int[] fromRatio = {2 + 7, 2 + 4, 2 + 6}; // half of 14, 9 and 12, rounded down
            for (int row = 0; row < 3; row++) {
                int last = batch.length(row) - 1;
                assertThat(byCount[row]).hasSize(6).startsWith(0).endsWith(last).isSorted().doesNotHaveDuplicates();
                assertThat(byRatio[row]).hasSize(fromRatio[row]).startsWith(0).endsWith(last).isSorted();
            }
        }
    }

    @Test
    void everyOtherTokenMayBeDrawnAndShortSequencesKeepTheirEnds() {
        WeightedSelection selection =
                new WeightedSelection(new TokenShare.Ratio(0.2), TokenImportance.RANDOM, Anchors.ENDS);
        Set<Integer> drawn = new HashSet<>();
        for (long seed = 0; seed < 200; seed++) {
            Arrays.stream(selection.select(null, whole(12), seed)[0]).forEach(drawn::add);
        }
        assertThat(drawn).hasSize(12);
        assertThat(selection.select(null, whole(1), 1)[0]).containsExactly(0);
        assertThat(selection.select(null, whole(2), 1)[0]).containsExactly(0, 1);
        assertThat(selection.select(null, whole(3), 1)[0]).containsExactly(0, 2);
    }

    private static TokenBatch whole(int length) {
        boolean[] valid = new boolean[length];
        Arrays.fill(valid, true);
        return new TokenBatch(1, length, new long[length], valid, new long[length]);
    }
}
