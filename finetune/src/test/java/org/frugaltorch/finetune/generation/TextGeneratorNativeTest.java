package org.frugaltorch.finetune.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.frugaltorch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Generation against Transformers, and with the cache against without. */
class TextGeneratorNativeTest {
    private static final long[] PROMPT = {1, 45, 7, 88, 19, 63, 27};

    @Test
    void greedyContinuationEqualsTransformers() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama3");
                CausalLanguageModel model = Golden.languageModel("llama3", DType.FLOAT32)) {
            long[] prompt = golden.tensor("generate.prompt").toLongs();
            long[] expected = golden.tensor("generate.sequence").toLongs();
            List<Long> heard = new ArrayList<>();
            long[] generated = new TextGenerator(model).generate(
                    prompt, GenerationSettings.greedy(expected.length - prompt.length, Set.of()), heard::add);
            assertThat(generated).isEqualTo(Arrays.copyOfRange(expected, prompt.length, expected.length));
            assertThat(heard).containsExactly(Arrays.stream(generated).boxed().toArray(Long[]::new));
        }
    }

    static List<String> decoders() {
        assertThat(Golden.decoders()).contains("llama", "llama3", "mistral", "qwen2", "qwen3");
        return Golden.decoders();
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void theCacheChangesNothing(String name) {
        LanguageModelSettings settings =
                new LanguageModelSettings(Optional.of(DType.FLOAT64), Device.CPU, any -> false, false);
        try (TensorScope scope = TensorScope.open();
                CausalLanguageModel model = ModelDirectory.open(Golden.directory(name)).languageModel(settings)) {
            long[] generated = new TextGenerator(model).generate(PROMPT, GenerationSettings.greedy(20, Set.of()));
            long[] text = PROMPT;
            for (long next : generated) {
                assertThat(next).isEqualTo(likeliestWithoutCache(model, text));
                text = Arrays.copyOf(text, text.length + 1);
                text[text.length - 1] = next;
            }
        }
    }

    private static long likeliestWithoutCache(CausalLanguageModel model, long[] text) {
        boolean[] valid = new boolean[text.length];
        Arrays.fill(valid, true);
        TokenBatch batch = new TokenBatch(1, text.length, text, valid, new long[text.length]);
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            Tensor logits = model.logits(new KeepAll(), batch, ForwardMode.EVALUATE);
            return logits.select(0, 0).select(0, text.length - 1L).argmax(0).itemLong();
        }
    }

    @Test
    void stopsAfterAStopToken() {
        try (TensorScope scope = TensorScope.open();
                CausalLanguageModel model = Golden.languageModel("llama3", DType.FLOAT32)) {
            TextGenerator generator = new TextGenerator(model);
            long[] all = generator.generate(PROMPT, GenerationSettings.greedy(12, Set.of()));
            long[] stopped = generator.generate(PROMPT, GenerationSettings.greedy(12, Set.of(all[4])));
            assertThat(all).startsWith(stopped);
            assertThat(stopped).hasSizeLessThanOrEqualTo(5).endsWith(all[4]);
            assertThatThrownBy(() -> generator.generate(new long[0], GenerationSettings.greedy(1, Set.of())))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no tokens");
        }
    }

    @Test
    void drawsFollowSeedAndDistribution() {
        double[] probabilities = {0.5, 0.3, 0.15, 0.05};
        try (TensorScope scope = TensorScope.open()) {
            Tensor scores = Tensors.of(probabilities).log();
            assertThat(frequencies(scores, new GenerationSettings(1, 1, 0, 1, Set.of(), 1)))
                    .usingComparatorWithPrecision(0.02).containsExactly(probabilities);
            assertThat(frequencies(scores, new GenerationSettings(1, 1, 2, 1, Set.of(), 1)))
                    .usingComparatorWithPrecision(0.02).containsExactly(0.625, 0.375, 0, 0);
            assertThat(frequencies(scores, new GenerationSettings(1, 1, 0, 0.7, Set.of(), 1)))
                    .usingComparatorWithPrecision(0.02).containsExactly(0.625, 0.375, 0, 0);
            double[] sharp = {0.25 / 0.365, 0.09 / 0.365, 0.0225 / 0.365, 0.0025 / 0.365};
            assertThat(frequencies(scores, new GenerationSettings(1, 0.5, 0, 1, Set.of(), 1)))
                    .usingComparatorWithPrecision(0.02).containsExactly(sharp);
        }
    }

    private static double[] frequencies(Tensor scores, GenerationSettings settings) {
        Sampler sampler = new Sampler(settings);
        double[] counts = new double[4];
        for (int i = 0; i < 4000; i++) {
            counts[(int) sampler.next(scores)] += 1.0 / 4000;
        }
        return counts;
    }

    @Test
    void reportsAllBadSettingsTogether() {
        assertThatThrownBy(() -> new GenerationSettings(0, -1, -1, 0, Set.of(), 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("new tokens")
                .hasMessageContaining("temperature").hasMessageContaining("top-k").hasMessageContaining("top-p");
    }
}
