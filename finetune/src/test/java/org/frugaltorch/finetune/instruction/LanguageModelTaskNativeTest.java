package org.frugaltorch.finetune.instruction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Encoding;
import org.frugaltorch.finetune.generation.GenerationSettings;
import org.frugaltorch.finetune.generation.TextGenerator;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.finetune.tokentune.TokenTune;
import org.frugaltorch.finetune.tokentune.WeightedSelection;
import org.frugaltorch.finetune.train.RunFolder;
import org.frugaltorch.finetune.train.Trainer;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.finetune.train.TrainingResult;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.optim.LearningRateSchedule.Course;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The one training loop trains a decoder. */
class LanguageModelTaskNativeTest {
    private static final int[][] TEXTS = {
        {1, 10, 11, 12, 30, 31, 32, 2}, {1, 13, 14, 40, 41, 2}, {1, 15, 16, 17, 18, 50, 51, 52, 2}};
    private static final int[] PROMPTS = {4, 3, 5};

    static Stream<Arguments> strategies() {
        return Stream.of(
                Arguments.of("full", new KeepAll()),
                Arguments.of("tokentune-0.5", new TokenTune(new WeightedSelection(
                        new TokenShare.Ratio(0.5), TokenImportance.RANDOM, WeightedSelection.Anchors.ENDS))));
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void learnsAnswersByHeart(String name, ActivationStrategy strategy, @TempDir Path directory) {
        Engine.seed(1);
        LanguageTokens texts = texts();
        ModelDirectory llama = ModelDirectory.open(Golden.directory("llama"));
        TrainerSettings settings = new TrainerSettings(
                60, 0, 1, 0.01, 0, Course.CONSTANT, 0, 1, AdamW.Settings.DEFAULT, 3, 60, 0);
        RunFolder folder = new RunFolder(directory, false, RunFolder.Existing.REFUSE);
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open();
                CausalLanguageModel model = llama.languageModel(LanguageModelSettings.training(DType.FLOAT32))) {
            LanguageModelTask task = new LanguageModelTask(model, strategy, texts, texts,
                    BatchSettings.training(3, 1, 0), target -> llama.save(model, target));
            double before = task.evaluate().get("perplexity");
            try (Trainer trainer = new Trainer(name, task, settings, ledger, folder)) {
                TrainingResult result = trainer.fit();
                assertThat(result.bestMetrics().get("perplexity")).isLessThan(1.1).isLessThan(before / 20);
            }
        }
        try (TensorScope scope = TensorScope.open();
                CausalLanguageModel trained = ModelDirectory.open(folder.model())
                        .languageModel(LanguageModelSettings.inference())) {
            long[] answer = new TextGenerator(trained).generate(
                    new long[] {1, 13, 14}, GenerationSettings.greedy(10, Set.of(2L)));
            assertThat(answer).containsExactly(40, 41, 2);
        }
    }

    @Test
    void everyTargetCountsAlikeWhateverTheBatches() {
        LanguageTokens texts = texts();
        try (TensorScope scope = TensorScope.open();
                CausalLanguageModel model = Golden.languageModel("qwen2", DType.FLOAT64)) {
            LanguageScores together = LanguageScores.of(model, texts, 3, 0);
            LanguageScores apart = LanguageScores.of(model, texts, 1, 0);
            assertThat(together.targets()).isEqualTo(4 + 3 + 4).isEqualTo(apart.targets());
            assertThat(together.loss()).isCloseTo(apart.loss(), within(1e-12));
            assertThat(together.perplexity()).isCloseTo(Math.exp(together.loss()), within(1e-12));
        }
    }

    /** With bfloat16 weights the loss is still computed in float32. */
    @Test
    void halfPrecisionIsCloseToSingle() {
        try (TensorScope scope = TensorScope.open();
                Golden golden = Golden.open("llama");
                CausalLanguageModel model = Golden.languageModel("llama", DType.BFLOAT16)) {
            var loss = model.loss(new KeepAll(), golden.languageBatch(), ForwardMode.train(1));
            assertThat(loss.dtype()).isEqualTo(DType.FLOAT32);
            assertThat(loss.item()).isCloseTo(golden.tensor("loss").item(), within(0.1));
        }
    }

    private static LanguageTokens texts() {
        return new LanguageTokens(
                Stream.of(TEXTS).map(ids -> new Encoding(ids, new int[ids.length])).toList(), PROMPTS);
    }

    @Test
    void partsKeepTheirPrompts() {
        LanguageTokens part = texts().part(1, 3);
        assertThat(part.promptTokens()).containsExactly(3, 5);
        assertThat(part.size()).isEqualTo(2);
        assertThat(part.encodings().getFirst().ids()).isEqualTo(TEXTS[1]);
    }
}
