package org.frugaltorch.finetune.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.frugaltorch.autograd.GradMode;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.KeepAll;
import org.frugaltorch.finetune.model.LanguageModelSettings;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Functional;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Log-likelihoods of answers, against Transformers and against plain forward passes. */
class ChoiceRunNativeTest {
    private static final Path GOLDEN = Golden.directory("choices");

    static Stream<JsonNode> cases() throws IOException {
        List<JsonNode> cases = new ArrayList<>();
        new JsonMapper().readTree(GOLDEN.resolve("expected.json").toFile()).forEach(cases::add);
        return cases.stream();
    }

    private static List<ChoiceQuestion> read(ChoiceTask task, String name) {
        return task.read(GOLDEN.resolve(name + ".jsonl"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void equalsTransformers(JsonNode expected) {
        ChoiceTask task = ChoiceTask.named(expected.path("task").asText());
        List<ChoiceQuestion> questions = read(task, expected.path("data").asText());
        int count = expected.path("shots").asInt();
        Shots shots = count == 0 ? Shots.NONE
                : new Shots(read(task, expected.path("shotData").asText()), count, Shots.Order.FIRST, 0);
        long handles = TensorScope.liveHandles();
        try (TensorScope scope = TensorScope.open();
                Tokenizer tokenizer = Tokenizer.open(GOLDEN);
                CausalLanguageModel model = Golden.languageModel("llama", DType.FLOAT64)) {
            int[] opening = expected.path("bos").asBoolean(true) ? tokenizer.opening() : new int[0];
            ChoicePrompt prompt = new ChoicePrompt(expected.path("preamble").asText(), shots, opening);
            List<double[]> actual = new ChoiceRun(model, tokenizer, prompt).logLikelihoods(questions, "test");
            assertThat(actual).hasSameSizeAs(questions);
            for (int i = 0; i < actual.size(); i++) {
                JsonNode row = expected.path("logLikelihoods").get(i);
                assertThat(actual.get(i)).hasSize(row.size());
                for (int j = 0; j < row.size(); j++) {
                    assertThat(actual.get(i)[j]).as("question %d, answer %d", i, j)
                            .isCloseTo(row.get(j).asDouble(), within(1e-5));
                }
            }
            ChoiceScores scores = ChoiceScores.of(questions, actual, task.scores());
            scores.means().forEach((score, mean) -> assertThat(mean.value()).as(score.toString())
                    .isCloseTo(expected.path("scores").path(score.toString()).asDouble(), within(1e-6)));
            assertThat(expected.path("scores").size()).isEqualTo(scores.means().size());
        }
        assertThat(TensorScope.liveHandles()).isEqualTo(handles);
    }

    /** Texts that share beginnings of all lengths, within a call and from call to call; some exceed the positions. */
    private static List<List<ScoredText>> calls() {
        Random random = new Random(5);
        long[] story = random.longs(80, 4, 96).toArray();
        List<List<ScoredText>> calls = new ArrayList<>();
        for (int[] lengths : new int[][] {{12, 15}, {12, 15}, {30, 34}, {8, 40}, {1, 3}, {60, 70}, {20, 25}}) {
            List<ScoredText> texts = new ArrayList<>();
            for (int option = 0; option < 3; option++) {
                long[] tokens = Arrays.copyOf(story, lengths[1] + option);
                for (int i = lengths[0] + option % 2; i < tokens.length; i++) {
                    tokens[i] = 4 + random.nextInt(92);
                }
                texts.add(new ScoredText(tokens, lengths[0] + option % 2));
            }
            calls.add(texts);
        }
        return calls;
    }

    private static void assertCacheChangesNothing(CausalLanguageModel model) {
        try (ContinuationScorer scorer = new ContinuationScorer(model, new KeepAll(), 64)) {
            for (List<ScoredText> texts : calls()) {
                double[] actual = scorer.logLikelihoods(texts);
                for (int i = 0; i < actual.length; i++) {
                    assertThat(actual[i]).isCloseTo(plainly(model, texts.get(i).last(65)), within(1e-9));
                }
            }
        }
    }

    private static double plainly(CausalLanguageModel model, ScoredText text) {
        int length = text.tokens().length - 1;
        boolean[] valid = new boolean[length];
        Arrays.fill(valid, true);
        TokenBatch batch = new TokenBatch(
                1, length, Arrays.copyOf(text.tokens(), length), valid, new long[length]);
        double sum = 0;
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.disabled()) {
            Tensor logits = model.logits(new KeepAll(), batch, ForwardMode.EVALUATE);
            Tensor logs = Functional.logSoftmax(logits, -1).select(0, 0);
            for (int i = text.start(); i <= length; i++) {
                sum += logs.select(0, i - 1L).select(0, text.tokens()[i]).item();
            }
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama3", "mistral", "opt", "opt-post-norm", "qwen2", "qwen3"})
    void sharedBeginningsChangeNothing(String name) {
        try (TensorScope scope = TensorScope.open();
                CausalLanguageModel model = Golden.languageModel(name, DType.FLOAT64)) {
            assertCacheChangesNothing(model);
        }
    }

    @Test
    void norDoTheyUnderAWindow(@TempDir Path directory) throws IOException {
        Files.copy(Golden.directory("mistral").resolve("model.safetensors"), directory.resolve("model.safetensors"));
        String config = Files.readString(Golden.directory("mistral").resolve("config.json"));
        assertThat(config).contains("\"sliding_window\": 4096");
        Files.writeString(directory.resolve("config.json"),
                config.replace("\"sliding_window\": 4096", "\"sliding_window\": 4"));
        try (TensorScope scope = TensorScope.open();
                CausalLanguageModel model = ModelDirectory.open(directory)
                        .languageModel(LanguageModelSettings.training(DType.FLOAT64))) {
            assertCacheChangesNothing(model);
        }
    }
}
