package org.frugaltorch.finetune.lora;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.tokentune.TokenTune;
import org.frugaltorch.finetune.tokentune.WeightedSelection;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Adapters on dense matrices and on four bits, with all tokens and with some, under every activation policy, with either
 * loss: each combination against the definition, and against the plain run of the same.
 */
class MethodsTogetherNativeTest {
    private static final Path ADAPTER = Golden.directory("llama-lora");
    private static final double TOLERANCE = 1e-5;
    private static final double SAME_TOLERANCE = 1e-6;

    @TempDir
    private static Path folder;
    private final int threads = Engine.threads();
    private long handles;

    private enum Tokens {
        ALL,
        SOME;

        ActivationStrategy strategy(ActivationPolicy policy) {
            return this == ALL
                    ? new KeepAll(policy)
                    : new TokenTune(new WeightedSelection(
                            new TokenShare.Ratio(0.4), TokenImportance.RANDOM, WeightedSelection.Anchors.ENDS), policy);
        }
    }

    private record Combination(AdaptedLlama.Base base, Tokens tokens, ActivationPolicy policy, LanguageLoss loss) {
        Combination with(ActivationPolicy otherPolicy, LanguageLoss otherLoss) {
            return new Combination(base, tokens, otherPolicy, otherLoss);
        }
    }

    static Stream<Combination> combinations() {
        return Stream.of(AdaptedLlama.Base.values()).flatMap(base -> Stream.of(Tokens.values()).flatMap(tokens ->
                Stream.of(ActivationPolicy.values()).flatMap(policy -> Stream.of(LanguageLoss.values())
                        .map(loss -> new Combination(base, tokens, policy, loss)))));
    }

    static Stream<Combination> combinationsOfSomeTokens() {
        return combinations().filter(combination -> combination.tokens == Tokens.SOME);
    }

    @BeforeEach
    void useOneThread() {
        Engine.setThreads(1);
        handles = TensorScope.liveHandles();
    }

    @AfterEach
    void nothingIsLeft() {
        Engine.setThreads(threads);
        assertThat(TensorScope.liveHandles()).isEqualTo(handles);
    }

    // ---- against the definition ---------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("combinationsOfSomeTokens")
    void tokenTuneWithAdaptersEqualsItsDefinition(Combination combination) {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama-tokentune");
                AdaptedLlama llama = new AdaptedLlama(
                        Golden.directory("llama"), combination.base, DType.FLOAT32, AdapterPrecision.FLOAT32)) {
            llama.adapters.load("default", ADAPTER);
            boolean[] selected = golden.flags("selected");
            ActivationStrategy strategy =
                    new TokenTune((stack, batch, seed) -> Golden.columns(batch, selected), combination.policy);
            Tensor loss = llama.loss(strategy, golden, combination.loss);
            String name = combination.base.goldenName();
            Golden.assertClose("loss", loss, golden.tensor(name + ".loss"), TOLERANCE);
            Backward.run(loss);
            Map<String, Tensor> expected = new TreeMap<>();
            Map<String, Tensor> actual = llama.gradients();
            actual.keySet().forEach(parameter -> expected.put(parameter,
                    golden.tensor("grad." + name + ".base_model.model." + parameter.replace(".default.", "."))));
            assertThat(actual).hasSize(20);
            Golden.assertGradientsClose(actual, expected, TOLERANCE);
        }
    }

    // ---- every combination --------------------------------------------------------------------------------------------

    /**
     * Where only some layers have adapters, the first of them read constants: nothing before them is trained. Adapters in
     * float32 on a narrower model are cast, which must not cut them off either.
     */
    @ParameterizedTest
    @MethodSource("combinations")
    void everyMatrixOfTheAdapterHasAGradient(Combination combination) {
        for (TargetModules targets : List.of(TargetModules.ALL_LINEAR, TargetModules.named("q_proj", "v_proj"),
                TargetModules.named("o_proj"), TargetModules.named("gate_proj", "up_proj", "down_proj"))) {
            for (DType type : new DType[] {DType.FLOAT32, DType.BFLOAT16}) {
                try (TensorScope scope = TensorScope.open()) {
                    gradients(Golden.directory("llama"), combination, type, 0.1, targets).forEach((name, gradient) ->
                            assertThat(gradient.abs().amax().item()).as("gradient of " + name).isGreaterThan(0));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void gradientsAreThoseOfThePlainRunAlsoWithDropout(Combination combination) throws IOException {
        Path directory = withAttentionDropout();
        for (double adapterDropout : new double[] {0, 0.2}) {
            try (TensorScope scope = TensorScope.open()) {
                Path of = adapterDropout == 0 ? Golden.directory("llama") : directory;
                Map<String, Tensor> actual = gradients(of, combination, DType.FLOAT32, adapterDropout);
                Map<String, Tensor> plain = gradients(
                        of, combination.with(ActivationPolicy.KEEP, LanguageLoss.PLAIN), DType.FLOAT32, adapterDropout);
                Golden.assertGradientsClose(actual, plain, SAME_TOLERANCE);
                if (combination.policy == ActivationPolicy.RECOMPUTE) {
                    Map<String, Tensor> kept = gradients(
                            of, combination.with(ActivationPolicy.KEEP, combination.loss), DType.FLOAT32, adapterDropout);
                    kept.forEach((name, gradient) ->
                            assertThat(actual.get(name).toFloats()).as(name).isEqualTo(gradient.toFloats()));
                }
            }
        }
    }

    /** The tiny Llama, dropping a tenth of what attention weighs. */
    private static Path withAttentionDropout() throws IOException {
        Path directory = folder.resolve("dropping");
        if (!Files.exists(directory)) {
            Files.createDirectory(directory);
            ObjectNode config = ModelDirectory.open(Golden.directory("llama")).json().deepCopy();
            config.put("attention_dropout", 0.1);
            Files.writeString(directory.resolve("config.json"), config.toString());
            Files.copy(Golden.directory("llama").resolve("model.safetensors"), directory.resolve("model.safetensors"));
        }
        return directory;
    }

    private static Map<String, Tensor> gradients(
            Path directory, Combination combination, DType type, double adapterDropout) {
        return gradients(directory, combination, type, adapterDropout, TargetModules.ALL_LINEAR);
    }

    private static Map<String, Tensor> gradients(
            Path directory, Combination combination, DType type, double adapterDropout, TargetModules targets) {
        try (Golden golden = Golden.open("llama");
                AdaptedLlama llama = new AdaptedLlama(directory, combination.base, type, AdapterPrecision.FLOAT32)) {
            llama.addAdapter(adapterDropout, targets);
            Engine.seed(3);
            try (TensorScope step = TensorScope.open()) {
                Backward.run(llama.loss(combination.tokens.strategy(combination.policy), golden, combination.loss));
            }
            return llama.gradients();
        }
    }
}
