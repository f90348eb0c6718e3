package org.frugaltorch.finetune.train;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.frugaltorch.autograd.Backward;
import org.frugaltorch.engine.Engine;
import org.frugaltorch.finetune.data.Ahead;
import org.frugaltorch.finetune.data.Batch;
import org.frugaltorch.finetune.data.Batcher;
import org.frugaltorch.finetune.measure.Units;
import org.frugaltorch.finetune.model.ForwardMode;
import org.frugaltorch.memory.MemoryLedger;
import org.frugaltorch.memory.Phase;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.optim.GradientClipping;
import org.frugaltorch.optim.LearningRateSchedule;
import org.frugaltorch.optim.UpdatesInBackward;
import org.frugaltorch.tensor.Tensor;
import org.frugaltorch.tensor.TensorScope;

/**
 * The one training loop: micro-batches, accumulation, clipping, optimiser, schedule, evaluation, the best model, early
 * stopping, checkpoints. Which model, data and method it trains is the {@link TrainingTask}'s business.
 *
 * <p>Everything random follows from the seed and the step's number alone, so a resumed run repeats the numbers of one that
 * was never interrupted.
 */
public final class Trainer implements AutoCloseable {
    private final TrainingTask task;
    private final TrainerSettings settings;
    private final MemoryLedger ledger;
    private final RunFolder folder;
    private final String title;
    private final Batcher batches;
    private final long totalSteps;
    private final LearningRateSchedule schedule;
    private final AdamW optimizer;
    /** Null when weights are updated after the backward pass. */
    private final UpdatesInBackward updates;
    private final ThroughputMeter throughput = new ThroughputMeter();
    private final long weightBytes;
    private long gradientBytes;
    private long optimizerBytes;
    private long savedActivationBytes;
    private TrainingState state;

    /**
     * A run that has not begun.
     *
     * @param title short name of the run, for the progress line
     * @param ledger opened on this thread before the model was loaded
     */
    public Trainer(String title, TrainingTask task, TrainerSettings settings, MemoryLedger ledger, RunFolder folder) {
        this.title = title;
        this.task = task;
        this.settings = settings;
        this.ledger = ledger;
        this.folder = folder;
        this.batches = task.trainingBatches();
        this.totalSteps = settings.totalSteps(batches.batches());
        this.schedule = new LearningRateSchedule(
                settings.course(), Math.round(settings.warmupRatio() * totalSteps), totalSteps);
        this.optimizer = new AdamW(groups(), settings.adam(), settings.seed());
        this.weightBytes = ledger.liveBytes();
        this.state = TrainingState.start(identity());
        this.updates = settings.optimizerInBackward()
                ? new UpdatesInBackward(optimizer, task.parameters().trainableByName()) : null;
    }

    /** What a checkpoint must have in common with this run, or going on from it would give neither the one nor the other. */
    private Map<String, String> identity() {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("method", title);
        identity.putAll(task.settings());
        identity.putAll(settings.asMap());
        task.parameters().tensors().stream().map(Tensor::device).filter(device -> !device.isCpu()).findFirst()
                .ifPresent(device -> identity.put("device", device.toString())); // computes other last digits
        identity.put("frozenWeights", FrozenWeights.digest(task.parameters()));
        return identity;
    }

    /** Biases and norms, the vectors among the parameters, do not decay. */
    private List<AdamW.Group> groups() {
        Map<String, Tensor> decaying = new LinkedHashMap<>();
        Map<String, Tensor> others = new LinkedHashMap<>();
        task.parameters().trainableByName().forEach(
                (name, parameter) -> (parameter.rank() > 1 ? decaying : others).put(name, parameter));
        return List.of(new AdamW.Group(decaying, settings.weightDecay()), new AdamW.Group(others, 0));
    }

    /**
     * Trains to the end, or until evaluations stop to improve.
     *
     * @throws TrainingException when the loss is no number any more
     */
    public TrainingResult fit() {
        folder.begin();
        if (folder.hasCheckpoint()) {
            restore();
        }
        try (RunLog log = folder.isResumed() ? RunLog.resume(folder.log(), state.step()) : RunLog.create(folder.log());
                ProgressLine progress = ProgressLine.open(title, state.step(), totalSteps)) {
            while (state.step() < totalSteps && !isExhausted()) {
                epoch(log, progress);
            }
            log.write(new RunRecord.Event(state.step(), "end", Map.of("bestStep", Long.toString(state.bestStep()))));
        }
        return new TrainingResult(state.step(), state.bestStep(), state.bestMetrics(), memory(), throughput.median(),
                state.seconds() / state.step(), state.seconds());
    }

    private void restore() {
        long before = ledger.liveBytes();
        state = TrainingState.restore(folder.checkpoint(), task.parameters(), optimizer, state.settings());
        optimizerBytes = ledger.liveBytes() - before;
        RunLog.read(folder.log()).stream()
                .filter(line -> line instanceof RunRecord.Step && line.step() <= state.step())
                .forEach(line -> throughput.resume(((RunRecord.Step) line).tokensPerSecond()));
    }

    private boolean isExhausted() {
        return settings.patience() > 0 && state.evaluationsSinceBest() >= settings.patience();
    }

    private void epoch(RunLog log, ProgressLine progress) {
        long stepsPerEpoch = settings.stepsPerEpoch(batches.batches());
        int epoch = Math.toIntExact(state.step() / stepsPerEpoch);
        int seen = Math.toIntExact(state.step() % stepsPerEpoch * settings.accumulationSteps());
        try (Ahead<Batch> ahead = new Ahead<>(batches.epoch(epoch, seen))) {
            while (seen < batches.batches() && state.step() < totalSteps && !isExhausted()) {
                int count = Math.min(settings.accumulationSteps(), batches.batches() - seen);
                step(ahead, count, log, progress);
                seen += count;
                if (isEvaluationDue(seen == batches.batches())) {
                    evaluate(log, progress);
                }
            }
        }
    }

    private boolean isEvaluationDue(boolean epochEnds) {
        long every = settings.evaluateEverySteps();
        return every > 0 ? state.step() % every == 0 || state.step() == totalSteps
                : epochEnds || state.step() == totalSteps;
    }

    // ---- one step -------------------------------------------------------------------------------------------------

    /** Waiting for batches that are not ready counts as time of the step. */
    private void step(Iterator<Batch> microBatches, int count, RunLog log, ProgressLine progress) {
        throughput.start();
        long restBytes = ledger.liveBytes();
        double loss = 0;
        long tokens = 0;
        double learningRate = settings.learningRate() * schedule.factor(state.step());
        if (updates != null) {
            updates.begin(learningRate);
        }
        for (int i = 0; i < count; i++) {
            Batch batch = microBatches.next();
            loss += forwardAndBackward(batch, i, count) / count;
            tokens += batch.tokens().tokenCount();
        }
        gradientBytes = Math.max(
                gradientBytes, updates == null ? ledger.liveBytes() - restBytes : updates.mostGradientBytes());
        ledger.enter(Phase.OPTIMIZER);
        double gradNorm = updates == null
                ? GradientClipping.clip(task.parameters().tensors(), settings.maxGradNorm())
                : updates.finish();
        requireFinite("gradient norm", gradNorm, learningRate);
        if (updates == null) {
            optimizer.step(learningRate);
            task.parameters().clearGrads();
        }
        ledger.enter(Phase.REST);
        optimizerBytes += ledger.liveBytes() - restBytes;
        report(loss, learningRate, gradNorm, throughput.stop(tokens), log, progress);
    }

    private double forwardAndBackward(Batch batch, int index, int count) {
        long seed = Seeds.of(settings.seed(), state.step(), index);
        Engine.seed(seed);
        try (TensorScope scope = TensorScope.open()) {
            ledger.enter(Phase.FORWARD);
            long before = ledger.liveBytes();
            Tensor loss = task.loss(batch, ForwardMode.train(seed));
            savedActivationBytes = Math.max(savedActivationBytes, ledger.liveBytes() - before);
            double value = loss.item();
            requireFinite("loss", value, settings.learningRate() * schedule.factor(state.step()));
            Tensor share = count == 1 ? loss : loss.div(count);
            ledger.enter(Phase.BACKWARD);
            Backward.run(share);
            return value;
        }
    }

    private void requireFinite(String what, double value, double learningRate) {
        if (!Double.isFinite(value)) {
            throw new TrainingException("The " + what + " is " + value + " at step " + (state.step() + 1)
                    + " with learning rate " + learningRate + ": lower --learning-rate, raise --warmup-ratio"
                    + " or train in float32; " + whatIsKept());
        }
    }

    private String whatIsKept() {
        return state.bestStep() > 0
                ? "the best model so far, of step " + state.bestStep() + ", is in " + folder.model()
                : "no model was evaluated before, so none is saved";
    }

    private void report(double loss, double learningRate, double gradNorm, double rate, RunLog log, ProgressLine progress) {
        state = state.afterStep(throughput.lastSeconds());
        double epoch = (double) state.step() / settings.stepsPerEpoch(batches.batches());
        log.write(new RunRecord.Step(state.step(), epoch, loss, learningRate, gradNorm, rate, ledger.liveBytes(),
                memory().peakBytes(), savedActivationBytes, state.seconds()));
        progress.update(new ProgressLine.Status(
                state.step(), loss, throughput.median(), ledger.liveBytes(), memory().peakBytes()));
    }

    private MemoryUse memory() {
        return MemoryUse.of(ledger, weightBytes, gradientBytes, optimizerBytes, savedActivationBytes)
                .orMore(state.memory());
    }

    // ---- evaluation -------------------------------------------------------------------------------------------------

    private void evaluate(RunLog log, ProgressLine progress) {
        ledger.enter(Phase.EVALUATION);
        long start = System.nanoTime();
        Map<String, Double> metrics = task.evaluate();
        double seconds = (System.nanoTime() - start) / 1e9;
        ledger.enter(Phase.REST);
        log.write(new RunRecord.Evaluation(state.step(), seconds, metrics));
        progress.message(title + ", step " + state.step() + ": " + words(metrics));
        String primary = task.primaryMetric().id();
        double best = state.bestMetrics().getOrDefault(primary, Double.NaN);
        boolean improved = task.primaryMetric().improves(metrics.get(primary), best);
        if (improved) {
            task.save(folder.model());
        }
        state = state.afterEvaluation(improved, metrics, memory());
        if (folder.checkpoints()) {
            state.save(folder.checkpoint(), task.parameters(), optimizer);
        }
    }

    private static String words(Map<String, Double> metrics) {
        StringBuilder words = new StringBuilder();
        new TreeMap<>(metrics).forEach((name, value) ->
                words.append(words.isEmpty() ? "" : ", ").append(name).append(' ').append(Units.decimal(value, 4)));
        return words.toString();
    }

    /** Releases the optimiser's state. */
    @Override
    public void close() {
        if (updates != null) {
            updates.close();
        }
        optimizer.close();
    }
}
