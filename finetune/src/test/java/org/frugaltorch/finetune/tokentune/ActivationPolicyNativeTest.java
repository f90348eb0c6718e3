package org.frugaltorch.finetune.tokentune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.memory.ActivationFormula;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.BlockLayout;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.FinalStates;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.RandomSource;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.model.StackBuilder;
import org.frugaltorch.finetune.model.StackOutput;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.model.TransformerConfig;
import org.frugaltorch.finetune.model.TransformerStack;
import org.frugaltorch.finetune.model.bert.BertFamily;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.nn.Activation;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Functional.LossReduction;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a policy keeps changes memory, never gradients. */
class ActivationPolicyNativeTest {
    private static final double LEAN_TOLERANCE = 1e-6;

    private enum Tokens {
        ALL,
        SOME;

        ActivationStrategy strategy(ActivationPolicy policy) {
            return this == ALL
                    ? new KeepAll(policy)
                    : new TokenTune(new WeightedSelection(new TokenShare.Ratio(0.4), TokenImportance.RANDOM), policy);
        }
    }

    // ---- gradients --------------------------------------------------------------------------------------------------

    static Stream<Arguments> encoders() {
        return Stream.of(ActivationPolicy.LEAN, ActivationPolicy.RECOMPUTE).flatMap(policy -> Stream.of(Tokens.values())
                .flatMap(tokens -> Stream.of(0.0, 0.2).flatMap(dropout -> Stream.of(Pooling.CLS, Pooling.MEAN)
                        .map(pooling -> Arguments.of(policy, tokens, dropout, pooling)))));
    }

    @ParameterizedTest
    @MethodSource("encoders")
    void encodersHaveTheGradientsOfThePlainRun(
            ActivationPolicy policy, Tokens tokens, double dropout, Pooling pooling) {
        Function<ActivationPolicy, Map<String, Tensor>> run = each -> {
            ClassifierSettings settings = new ClassifierSettings(
                    List.of("a", "b", "c"), pooling, DType.FLOAT32, Device.CPU, OptionalDouble.of(dropout));
            try (Golden golden = Golden.open("bert");
                    SequenceClassifier model = SequenceClassifierDirectory.open(Golden.directory("bert")).load(settings)) {
                Engine.seed(3);
                Tensor logits = model.logits(tokens.strategy(each), golden.batch(), ForwardMode.train(1));
                Backward.run(Functional.crossEntropy(logits, golden.tensor("labels"), LossReduction.MEAN, -100, 0));
                return gradients(model.parameters());
            }
        };
        assertSameGradients(policy, run);
    }

    static Stream<Arguments> decoders() {
        return Stream.of("llama", "mistral", "qwen2", "qwen3").flatMap(name -> Stream.of(
                        ActivationPolicy.LEAN, ActivationPolicy.RECOMPUTE)
                .flatMap(policy -> Stream.of(Tokens.values()).map(tokens -> Arguments.of(name, policy, tokens))));
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void decodersHaveTheGradientsOfThePlainRun(String name, ActivationPolicy policy, Tokens tokens) {
        assertSameGradients(policy, each -> {
            try (Golden golden = Golden.open(name);
                    CausalLanguageModel model = Golden.languageModel(name, DType.FLOAT32)) {
                Backward.run(model.loss(tokens.strategy(each), golden.languageBatch(), ForwardMode.train(1)));
                return gradients(model.parameters());
            }
        });
    }

    private static Map<String, Tensor> gradients(Parameters parameters) {
        Map<String, Tensor> result = new TreeMap<>();
        parameters.asMap().forEach((name, parameter) -> result.put(name, parameter.grad()));
        return result;
    }

    private static void assertSameGradients(
            ActivationPolicy policy, Function<ActivationPolicy, Map<String, Tensor>> run) {
        long handles = TensorScope.liveHandles();
        try (TensorScope scope = TensorScope.open()) {
            Map<String, Tensor> plain = run.apply(ActivationPolicy.KEEP);
            Map<String, Tensor> actual = run.apply(policy);
            if (policy == ActivationPolicy.RECOMPUTE) {
                plain.forEach((name, gradient) ->
                        assertThat(actual.get(name).toFloats()).as(name).isEqualTo(gradient.toFloats()));
            } else {
                Golden.assertGradientsClose(actual, plain, LEAN_TOLERANCE);
            }
        }
        assertThat(TensorScope.liveHandles()).isEqualTo(handles);
    }

    // ---- memory -----------------------------------------------------------------------------------------------------

    private static final int ROWS = 4;
    private static final int WIDTH = 128;
    private static final int VOCABULARY = 100;

    /** BERT-base's blocks, two of them, over a small vocabulary. */
    private static final TransformerConfig BASE = new TransformerConfig("bert", VOCABULARY, 768, 2, 12, 12, 64, 3072, 128,
            2, BlockLayout.POST_NORM_ENCODER, Activation.GELU, 1e-12, 0, 0, 0.02, 0, null, true);

    private static long savedBytes(ActivationStrategy strategy) {
        return savedBytes(strategy, FinalStates.WITH_GRADIENTS);
    }

    private static long savedBytes(ActivationStrategy strategy, FinalStates wanted) {
        try (TensorScope scope = TensorScope.open();
                Parameters parameters = new Parameters()) {
            TransformerStack stack = new StackBuilder(
                    BASE, BertFamily.BERT.names(), new RandomSource(DType.FLOAT32, Device.CPU), parameters).stack();
            long[] ids = new long[ROWS * WIDTH];
            boolean[] valid = new boolean[ROWS * WIDTH];
            Arrays.setAll(ids, i -> i % VOCABULARY);
            Arrays.fill(valid, true);
            TokenBatch batch = new TokenBatch(ROWS, WIDTH, ids, valid, new long[ids.length]);
            try (MemoryLedger ledger = MemoryLedger.open()) {
                StackOutput output = strategy.run(stack, batch, ForwardMode.train(1), wanted);
                return ledger.liveBytes() - output.hiddenStates().byteSize();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ActivationPolicy.class)
    void whatIsKeptIsWhatTheFormulaCounts(ActivationPolicy policy) {
        ActivationFormula formula = new ActivationFormula(BASE, Float.BYTES);
        long all = (long) ROWS * WIDTH;
        double full = savedBytes(new KeepAll(policy));
        assertThat(full / formula.bytes(all, all, policy)).isCloseTo(1, within(0.01));
        double quarter = savedBytes(new TokenTune(
                new WeightedSelection(new TokenShare.Ratio(0.25), TokenImportance.RANDOM), policy));
        assertThat(quarter / formula.bytes(quarterOf(all), all, policy)).isCloseTo(1, within(0.01));
    }

    @ParameterizedTest
    @EnumSource(ActivationPolicy.class)
    void theLastBlockKeepsLittleOfTokensThatNobodyReads(ActivationPolicy policy) {
        ActivationFormula formula = new ActivationFormula(BASE, Float.BYTES);
        long all = (long) ROWS * WIDTH;
        for (FinalStates one : List.of(FinalStates.FIRST, FinalStates.LAST)) {
            double saved = savedBytes(new KeepAll(policy), one);
            assertThat(saved / formula.bytesReadingOne(ROWS, all, all, policy)).isCloseTo(1, within(0.01));
            TokenSelection quarter = new WeightedSelection(
                    new TokenShare.Ratio(0.25), TokenImportance.RANDOM, WeightedSelection.Anchors.FIRST);
            double quarterSaved = savedBytes(new TokenTune(quarter, policy), one);
            assertThat(quarterSaved / formula.bytesReadingOne(ROWS, quarterOf(all), all, policy)).isCloseTo(1, within(0.01));
            double ofAll = saved / savedBytes(new KeepAll(policy));
            if (policy == ActivationPolicy.RECOMPUTE) {
                assertThat(ofAll).isCloseTo(1, within(0.01)); // the inputs of both blocks
            } else {
                assertThat(ofAll).as("of two blocks").isBetween(0.59, 0.67);
            }
        }
    }

    private static long quarterOf(long all) {
        return all / WIDTH * new TokenShare.Ratio(0.25).withFirst(WIDTH);
    }

    @Test
    void aQuarterOfTheTokensKeepsLessThanAQuarterWhenLean() {
        double full = savedBytes(new KeepAll());
        TokenSelection quarter = new WeightedSelection(new TokenShare.Ratio(0.25), TokenImportance.RANDOM);
        assertThat(savedBytes(new TokenTune(quarter)) / full).isBetween(0.33, 0.36);
        assertThat(savedBytes(new TokenTune(quarter, ActivationPolicy.LEAN)) / full).isLessThan(0.20);
        assertThat(savedBytes(new TokenTune(quarter, ActivationPolicy.RECOMPUTE)) / full).isLessThan(0.08);
        assertThat(savedBytes(new KeepAll(ActivationPolicy.LEAN)) / full).isLessThan(0.72);
    }

    // ---- settings ---------------------------------------------------------------------------------------------------

    @Test
    void policiesAreReadByName() {
        for (ActivationPolicy policy : ActivationPolicy.values()) {
            assertThat(ActivationPolicy.named(policy.toString())).isSameAs(policy);
        }
        assertThatThrownBy(() -> ActivationPolicy.named("all"))
                .hasMessage("Unknown activation policy 'all': known are [keep, lean, recompute]");
    }
}
