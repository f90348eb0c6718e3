package org.frugaltorch.finetune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.TinyBert;
import org.frugaltorch.finetune.classification.ClassificationData;
import org.frugaltorch.finetune.classification.ClassificationTask;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.metrics.MetricSet;
import org.frugaltorch.finetune.model.ActivationPolicy;
import org.frugaltorch.finetune.model.ActivationStrategy;
import org.frugaltorch.finetune.model.CausalLanguageModel;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.Golden;
import org.frugaltorch.finetune.model.LanguageLoss;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.optim.LearningRateSchedule.Course;
import org.frugaltorch.optim.UpdatesInBackward;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Updates within the backward pass train as those after it do, to the bit, and take less memory. */
class OptimizerInBackwardNativeTest {
    private static final int STEPS = 12;

    @TempDir
    private static Path shared;
    private static ModelDirectory directory;
    private static ClassificationData data;

    @TempDir
    private Path folder;
    private final int threads = Engine.threads();

    @BeforeAll
    static void prepare() {
        directory = ModelDirectory.open(TinyBert.write(shared.resolve("model")));
        Path train = TinyBert.sentences(shared.resolve("train.tsv"), 40, 1);
        Path eval = TinyBert.sentences(shared.resolve("eval.tsv"), 12, 2);
        try (Tokenizer tokenizer = Tokenizer.open(directory.path())) {
            data = ClassificationData.read(new ClassificationData.Files(train, eval, "text", null, "label"),
                    tokenizer, new MaxLength(TinyBert.POSITIONS, true));
        }
    }

    @BeforeEach
    void useOneThread() {
        Engine.setThreads(1);
    }

    @AfterEach
    void restoreThreads() {
        Engine.setThreads(threads);
    }

    private static Stream<Method> methods() {
        return Stream.of(ActivationPolicy.values()).flatMap(policy ->
                Stream.of(Method.named("full"), Method.named("tokentune-0.3")).map(method -> method.under(policy)));
    }

    // ---- the training loop ------------------------------------------------------------------------------------------

    private static TrainerSettings settings() {
        return new TrainerSettings(
                100, STEPS, 1, 1e-3, 0.01, Course.LINEAR, 0.2, 0, AdamW.Settings.DEFAULT, 7, STEPS / 2, 0);
    }

    private static TrainingResult train(Method method, TrainerSettings settings, RunFolder run) {
        return train(method.strategy(directory.config()), method.name(), settings, run);
    }

    private static TrainingResult train(
            ActivationStrategy strategy, String name, TrainerSettings settings, RunFolder run) {
        Engine.seed(settings.seed());
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open();
                SequenceClassifier model = new SequenceClassifierDirectory(directory).load(new ClassifierSettings(
                        data.labels().names(),
                        Pooling.MEAN, DType.FLOAT32, Device.CPU, OptionalDouble.of(0.1)))) {
            ClassificationTask task = new ClassificationTask(model, strategy, data,
                    BatchSettings.training(4, settings.seed(), 0), MetricSet.named("accuracy"), Metric.ACCURACY,
                    target -> new SequenceClassifierDirectory(directory).save(model, data.labels().names(), target));
            try (Trainer trainer = new Trainer(name, task, settings, ledger, run)) {
                return trainer.fit();
            }
        }
    }

    private static List<RunRecord.Step> steps(RunFolder run) {
        return RunLog.read(run.log()).stream()
                .filter(RunRecord.Step.class::isInstance).map(RunRecord.Step.class::cast).toList();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void lossesNormsAndScoresAreTheSame(Method method) {
        RunFolder after = new RunFolder(folder.resolve("after"), false, RunFolder.Existing.REFUSE);
        RunFolder within = new RunFolder(folder.resolve("within"), false, RunFolder.Existing.REFUSE);
        TrainingResult ordinary = train(method, settings(), after);
        TrainingResult early = train(method, settings().withOptimizerInBackward(), within);
        assertThat(steps(within)).hasSize(STEPS).extracting(RunRecord.Step::loss)
                .isEqualTo(steps(after).stream().map(RunRecord.Step::loss).toList());
        assertThat(steps(within)).extracting(RunRecord.Step::gradNorm)
                .isEqualTo(steps(after).stream().map(RunRecord.Step::gradNorm).toList());
        assertThat(early.bestMetrics()).isEqualTo(ordinary.bestMetrics());
        assertThat(early.memory().optimizerBytes()).isEqualTo(ordinary.memory().optimizerBytes());
        assertThat(early.memory().gradientBytes()).isLessThan(ordinary.memory().gradientBytes() / 2);
        // Where activations outweigh gradients, as here, the peak is in the beginning of the backward pass either way.
        assertThat(early.memory().peakBytes()).isLessThanOrEqualTo(ordinary.memory().peakBytes());
    }

    /** When weights are updated changes nothing but memory, so a run may go on the other way. */
    @Test
    void aRunMayBeResumedTheOtherWay() {
        RunFolder whole = new RunFolder(folder.resolve("whole"), true, RunFolder.Existing.REFUSE);
        train(Method.full(), settings(), whole);
        RunFolder parts = new RunFolder(folder.resolve("parts"), true, RunFolder.Existing.RESUME);
        ActivationStrategy full = Method.full().strategy(directory.config());
        int[] passes = new int[1];
        ActivationStrategy killed = (stack, batch, mode, wanted) -> {
            if (mode.training() && ++passes[0] > STEPS / 2 + 1) {
                throw new IllegalStateException("killed");
            }
            return full.run(stack, batch, mode, wanted);
        };
        assertThatThrownBy(() -> train(killed, Method.full().name(), settings().withOptimizerInBackward(), parts))
                .hasMessage("killed");
        train(Method.full(), settings(), parts);
        assertThat(steps(parts)).extracting(RunRecord.Step::loss)
                .isEqualTo(steps(whole).stream().map(RunRecord.Step::loss).toList());
    }

    // ---- settings -----------------------------------------------------------------------------------------------------

    @Test
    void whatNeedsAllGradientsAtOnceIsRefused() {
        TrainerSettings clipping = new TrainerSettings(
                1, 0, 4, 1e-3, 0.01, Course.LINEAR, 0, 1, AdamW.Settings.DEFAULT, 7, 0, 0);
        assertThatThrownBy(clipping::withOptimizerInBackward).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("updates within the backward pass have no norm of all gradients to clip by: turn clipping off"
                        + " with --max-grad-norm 0; updates within the backward pass cannot wait for 4 micro-batches: take"
                        + " one a step with --gradient-accumulation-steps 1");
    }

    // ---- language models ----------------------------------------------------------------------------------------------

    static Stream<Arguments> decoders() {
        return Stream.of("llama", "qwen2", "qwen3").flatMap(name -> methods().flatMap(method ->
                Stream.of(LanguageLoss.values()).map(loss -> Arguments.of(name, method, loss))));
    }

    /** Of qwen2 the embeddings are the head too: their gradient has two sources. */
    @ParameterizedTest
    @MethodSource("decoders")
    void languageModelsBecomeTheSame(String name, Method method, LanguageLoss computation) {
        Map<Boolean, Map<String, float[]>> weights = new LinkedHashMap<>();
        Map<Boolean, List<Double>> losses = Map.of(false, new ArrayList<>(), true, new ArrayList<>());
        for (boolean inBackward : new boolean[] {false, true}) {
            try (TensorScope scope = TensorScope.open();
                    Golden golden = Golden.open(name);
                    CausalLanguageModel model = Golden.languageModel(name, DType.FLOAT32);
                    AdamW optimizer = new AdamW(List.of(
                            new AdamW.Group(model.parameters().asMap(), 0.01)), AdamW.Settings.DEFAULT);
                    UpdatesInBackward updates = inBackward
                            ? new UpdatesInBackward(optimizer, model.parameters().asMap()) : null) {
                for (int step = 0; step < 4; step++) {
                    try (TensorScope inStep = TensorScope.open()) {
                        Tensor loss = model.loss(method.strategy(model.stack().config()), golden.languageBatch(),
                                ForwardMode.train(step), computation);
                        losses.get(inBackward).add(loss.item());
                        if (inBackward) {
                            updates.begin(1e-3);
                        }
                        Backward.run(loss);
                        if (inBackward) {
                            updates.finish();
                        } else {
                            optimizer.step(1e-3);
                            model.parameters().clearGrads();
                        }
                    }
                }
                weights.put(inBackward, new LinkedHashMap<>());
                model.parameters().asMap().forEach((parameter, tensor) ->
                        weights.get(inBackward).put(parameter, tensor.toFloats()));
                if (inBackward) {
                    // A gradient with two sources is there from the first one to the last.
                    Tensor embeddings = model.parameters().asMap().get("model.embed_tokens.weight");
                    boolean tied = !model.parameters().asMap().containsKey("lm_head.weight");
                    assertThat(updates.mostGradientBytes())
                            .isLessThan(model.parameters().byteSize() / 2 + (tied ? embeddings.byteSize() : 0));
                }
            }
        }
        assertThat(losses.get(true)).isEqualTo(losses.get(false)).doesNotHaveDuplicates();
        weights.get(false).forEach((parameter, values) ->
                assertThat(weights.get(true).get(parameter)).as(parameter).isEqualTo(values));
    }
}
