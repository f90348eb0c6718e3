package org.frugaltorch.finetune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.TinyBert;
import org.frugaltorch.finetune.classification.ClassificationData;
import org.frugaltorch.finetune.classification.ClassificationTask;
import org.frugaltorch.finetune.classification.LabelledTokens;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.data.Inputs;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.data.TextInputs;
import org.frugaltorch.finetune.data.Tokenizer;
import org.frugaltorch.finetune.method.Method;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.metrics.MetricSet;
import org.frugaltorch.finetune.model.ClassifierSettings;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.model.Pooling;
import org.frugaltorch.finetune.model.SequenceClassifier;
import org.frugaltorch.finetune.model.SequenceClassifierDirectory;
import org.frugaltorch.finetune.model.TokenBatch;
import org.frugaltorch.finetune.tokentune.TokenImportance;
import org.frugaltorch.finetune.tokentune.TokenShare;
import org.frugaltorch.io.DataException;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.nn.Parameters;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.optim.LearningRateSchedule.Course;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The training loop on a tiny BERT with dropout and sentences of its own. */
class TrainingNativeTest {
    private static final double SAME_STEP = 1e-6;
    /** By which what Java's compilers take may differ; 12 KiB a step. */
    private static final long FLAT_BYTES = 12 << 20;

    @TempDir
    private static Path shared;
    private static ModelDirectory directory;
    private static ClassificationData data;

    @TempDir
    private Path folder;
    private final int threads = Engine.threads();
    private int runs;

    @BeforeAll
    static void prepare() {
        directory = ModelDirectory.open(TinyBert.write(shared.resolve("model")));
        Path train = TinyBert.sentences(shared.resolve("train.tsv"), 80, 1);
        Path eval = TinyBert.sentences(shared.resolve("eval.tsv"), 24, 2);
        try (Tokenizer tokenizer = Tokenizer.open(directory.path())) {
            data = ClassificationData.read(new ClassificationData.Files(train, eval, "text", null, "label"),
                    tokenizer, new MaxLength(TinyBert.POSITIONS, true));
        }
    }

    /** Fast with matrices this small; only repeatability is a matter of all threads. */
    @BeforeEach
    void useOneThread(TestInfo test) {
        if (!test.getTestMethod().orElseThrow().getName().equals("theSameSeedGivesTheSameLossesToTheBit")) {
            Engine.setThreads(1);
        }
    }

    @AfterEach
    void restoreThreads() {
        Engine.setThreads(threads);
    }

    static List<Method> methods() {
        return List.of(Method.full(), Method.tokenTune(new TokenShare.Ratio(0.3), TokenImportance.RANDOM),
                Method.tokenTune(new TokenShare.Count(4), TokenImportance.ATTENTION_RECEIVED));
    }

    // ---- a run ------------------------------------------------------------------------------------------------------

    private record Settings(
            int steps, int batchSize, int accumulation, double learningRate, long evaluateEvery, int patience,
            DType dtype, OptionalDouble dropout) {
        static Settings of(int steps) {
            return new Settings(steps, 8, 1, 1e-3, steps, 0, DType.FLOAT32, OptionalDouble.empty());
        }

        TrainerSettings trainer() {
            return new TrainerSettings(1_000, steps, accumulation, learningRate, 0.01, Course.CONSTANT, 0, 1,
                    AdamW.Settings.DEFAULT, 7, evaluateEvery, patience);
        }
    }

    private List<RunRecord.Step> train(Method method, Settings settings) {
        Path out = folder.resolve("run" + runs++);
        train(method, settings, out, task -> task);
        return steps(out);
    }

    private static TrainingResult train(
            Method method, Settings settings, Path out, UnaryOperator<TrainingTask> around) {
        return train(method, settings, new RunFolder(out, false, RunFolder.Existing.REFUSE), around);
    }

    private static TrainingResult train(
            Method method, Settings settings, RunFolder runFolder, UnaryOperator<TrainingTask> around) {
        Engine.seed(settings.trainer().seed());
        try (TensorScope scope = TensorScope.open();
                MemoryLedger ledger = MemoryLedger.open();
                SequenceClassifier model = new SequenceClassifierDirectory(directory).load(new ClassifierSettings(
                        data.labels().names(),
                        Pooling.MEAN, settings.dtype(), Device.CPU, settings.dropout()))) {
            TrainingTask task = around.apply(new ClassificationTask(model, method.strategy(directory.config()), data,
                    BatchSettings.training(settings.batchSize(), settings.trainer().seed(), 0),
                    MetricSet.named("accuracy", "macro_f1"), Metric.ACCURACY,
                    target -> new SequenceClassifierDirectory(directory).save(model, data.labels().names(), target)));
            try (Trainer trainer = new Trainer(method.name(), task, settings.trainer(), ledger, runFolder)) {
                return trainer.fit();
            }
        }
    }

    private static List<RunRecord.Step> steps(Path out) {
        return RunLog.read(out.resolve("log.jsonl")).stream()
                .filter(RunRecord.Step.class::isInstance).map(RunRecord.Step.class::cast).toList();
    }

    /** A task that something is done to on the way; all else is the task's own. */
    private abstract static class Around implements TrainingTask {
        private final TrainingTask inner;

        Around(TrainingTask inner) {
            this.inner = inner;
        }

        @Override
        public Map<String, String> settings() {
            return inner.settings();
        }

        @Override
        public Parameters parameters() {
            return inner.parameters();
        }

        @Override
        public Batcher trainingBatches() {
            return inner.trainingBatches();
        }

        @Override
        public Tensor loss(Batch batch, ForwardMode mode) {
            return inner.loss(batch, mode);
        }

        @Override
        public Map<String, Double> evaluate() {
            return inner.evaluate();
        }

        @Override
        public Metric primaryMetric() {
            return inner.primaryMetric();
        }

        @Override
        public void save(Path target) {
            inner.save(target);
        }
    }

    // ---- repeatability ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("methods")
    void theSameSeedGivesTheSameLossesToTheBit(Method method) {
        List<RunRecord.Step> first = train(method, Settings.of(50));
        List<RunRecord.Step> second = train(method, Settings.of(50));
        assertThat(first).hasSize(50);
        assertThat(second).extracting(RunRecord.Step::loss).isEqualTo(first.stream().map(RunRecord.Step::loss).toList());
        assertThat(second).extracting(RunRecord.Step::gradNorm)
                .isEqualTo(first.stream().map(RunRecord.Step::gradNorm).toList());
        assertThat(first).extracting(RunRecord.Step::loss).doesNotHaveDuplicates();
    }

    @Test
    void twoMicroBatchesOfFourAreOneBatchOfEight() {
        // Rows of a step must be the same either way: one batch an epoch, and its halves in any order.
        List<Batch> eight = new ArrayList<>();
        new Batcher(data.training().inputs(), BatchSettings.evaluation(8, 0)).epoch(0).forEach(eight::add);
        double[] whole = firstStep(eight.getFirst(), 1);
        double[] halves = firstStep(eight.getFirst(), 2);
        assertThat(halves[0]).as("loss").isCloseTo(whole[0], offset(SAME_STEP));
        assertThat(halves[1]).as("norm of the gradients").isCloseTo(whole[1], offset(SAME_STEP * whole[1]));
    }

    /** Loss and gradient norm of a step over {@code batch} in {@code parts}. */
    private double[] firstStep(Batch batch, int parts) {
        Settings settings = new Settings(1, batch.rows() / parts, parts, 1e-3, 1, 0, DType.FLOAT32, OptionalDouble.of(0));
        ClassificationData same = data;
        int[] examples = batch.examples();
        data = new ClassificationData(
                new LabelledTokens(
                        IntStream.of(examples).mapToObj(((TextInputs) same.training().inputs()).encodings()::get).toList(),
                        IntStream.of(examples).map(i -> same.training().labels()[i]).toArray(), 3),
                same.heldOut(), same.labels());
        try {
            RunRecord.Step step = train(Method.full(), settings).getFirst();
            return new double[] {step.loss(), step.gradNorm()};
        } finally {
            data = same;
        }
    }

    /** While a step is computed, another thread makes the batch of the next one; where it ends, none is begun. */
    @Test
    void theNextBatchIsMadeWhileAStepIsComputed() {
        AtomicInteger made = new AtomicInteger();
        List<Integer> madeDuringStep = new ArrayList<>();
        train(Method.full(), Settings.of(4), folder.resolve("ahead"), task -> new Around(task) {
            @Override
            public Batcher trainingBatches() {
                return new Batcher(new CountedInputs(data.training().inputs(), made), BatchSettings.training(8, 42, 0));
            }

            @Override
            public Tensor loss(Batch batch, ForwardMode mode) {
                int step = madeDuringStep.size() + 1;
                for (long end = System.nanoTime() + 10_000_000_000L; made.get() <= step && System.nanoTime() < end;) {
                    Thread.onSpinWait();
                }
                madeDuringStep.add(made.get());
                return super.loss(batch, mode);
            }
        });
        assertThat(madeDuringStep).containsExactly(2, 3, 4, 5);
    }

    private record CountedInputs(Inputs inner, AtomicInteger made) implements Inputs {
        @Override
        public int count() {
            return inner.count();
        }

        @Override
        public int length(int example) {
            return inner.length(example);
        }

        @Override
        public TokenBatch batch(int[] examples, BatchSettings settings) {
            made.incrementAndGet();
            return inner.batch(examples, settings);
        }
    }

    // ---- lifetime ---------------------------------------------------------------------------------------------------

    @Test
    @EnabledOnOs(OS.LINUX)
    void twoThousandStepsLeaveNothingBehind() {
        List<Long> handles = new ArrayList<>();
        List<Long> taken = new ArrayList<>();
        Path out = folder.resolve("long");
        Method tokenTune = Method.tokenTune(new TokenShare.Ratio(0.3), TokenImportance.RANDOM);
        train(tokenTune, Settings.of(2_000), out, task -> new Around(task) {
            @Override
            public Tensor loss(Batch batch, ForwardMode mode) {
                int step = handles.size();
                handles.add(TensorScope.liveHandles());
                if (step % 100 == 0) {
                    taken.add(NativeHeapUse.bytes());
                }
                return super.loss(batch, mode);
            }
        });
        // The first step makes the optimiser's moments; from then on each begins where the one before began.
        assertThat(handles).hasSize(2_000);
        assertThat(handles.subList(1, 2_000)).as("live handles at the start of a step").containsOnly(handles.get(1));
        assertThat(steps(out).stream().map(RunRecord.Step::liveBytes).distinct()).as("live bytes after a step").hasSize(1);
        System.out.println("bytes taken from the C library every 100 steps: " + taken);
        assertThat(median(taken.subList(15, 20)) - median(taken.subList(5, 10))).as("bytes taken in 1,000 steps")
                .isLessThan(FLAT_BYTES);
        assertThat(TensorScope.leakedTensors()).isZero();
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /** The model is there, its checkpoint is not; such a run begins again and does not have to be given up. */
    @Test
    void aRunThatWasKilledInItsFirstCheckpointIsResumed() throws IOException {
        Path out = folder.resolve("killed");
        Settings settings = Settings.of(6);
        train(Method.full(), settings, out, task -> task);
        List<RunRecord> whole = RunLog.read(out.resolve("log.jsonl"));
        byte[] model = Files.readAllBytes(out.resolve("model/model.safetensors"));
        RunFolder again = new RunFolder(out, true, RunFolder.Existing.RESUME);
        assertThatThrownBy(() -> train(Method.full(), settings, again, task -> task)).as("of a run that ended").isInstanceOf(DataException.class)
                .hasMessageContaining("has a model but no checkpoint");
        try (RunLog log = RunLog.resume(out.resolve("log.jsonl"), 0)) {
            for (RunRecord record : whole) {
                if (!(record instanceof RunRecord.Event)) {
                    log.write(record);
                }
            }
        }
        train(Method.full(), settings, again, task -> task);
        assertThat(steps(out).stream().map(RunRecord.Step::loss)).hasSize(6).containsExactlyElementsOf(
                whole.stream().filter(RunRecord.Step.class::isInstance).map(step -> ((RunRecord.Step) step).loss()).toList());
        assertThat(out.resolve("model/model.safetensors")).hasBinaryContent(model);
    }

    // ---- evaluation -------------------------------------------------------------------------------------------------

    @Test
    void theBestModelIsKeptAndTrainingStopsWhenNothingImproves() throws IOException {
        double[] scores = {0.5, 0.7, 0.6, 0.7, 0.1, 0.9};
        List<Integer> evaluated = new ArrayList<>();
        List<byte[]> weights = new ArrayList<>();
        Path out = folder.resolve("stopped");
        Settings settings = new Settings(60, 8, 1, 1e-3, 2, 3, DType.FLOAT32, OptionalDouble.empty());
        TrainingResult result = train(Method.full(), settings, out, task -> new Around(task) {
            @Override
            public Map<String, Double> evaluate() {
                task.save(folder.resolve("now"));
                try {
                    weights.add(Files.readAllBytes(folder.resolve("now/model.safetensors")));
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
                evaluated.add(evaluated.size());
                return Map.of("accuracy", scores[evaluated.getLast()]);
            }
        });
        // The second was the best; three more without a better one, and it stops.
        assertThat(evaluated).hasSize(5);
        assertThat(result.steps()).isEqualTo(10);
        assertThat(result.bestStep()).isEqualTo(4);
        assertThat(result.bestMetrics()).containsEntry("accuracy", 0.7);
        assertThat(out.resolve("model/model.safetensors")).hasBinaryContent(weights.get(1));
        assertThat(weights.get(1)).isNotEqualTo(weights.get(4));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void weightsOfEitherTypeLearn(Method method) {
        for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            List<RunRecord.Step> steps = train(method,
                    new Settings(150, 16, 1, 3e-3, 150, 0, dtype, OptionalDouble.empty()));
            double before = steps.subList(0, 10).stream().mapToDouble(RunRecord.Step::loss).average().orElseThrow();
            double after = steps.subList(140, 150).stream().mapToDouble(RunRecord.Step::loss).average().orElseThrow();
            assertThat(after).as("%s in %s, loss after %s", method.name(), dtype, before).isLessThan(0.75 * before);
        }
    }
}
