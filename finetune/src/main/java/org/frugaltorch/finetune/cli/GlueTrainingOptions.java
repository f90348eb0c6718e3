package org.frugaltorch.finetune.cli;

import java.util.Locale;
import java.util.Map;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.glue.GlueTask;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.optim.LearningRateSchedule.Course;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How {@code frugal glue} trains, by the names of other libraries. */
final class GlueTrainingOptions {
    private static final Map<String, String> METRIC_NAMES = Map.of(
            "matthews_correlation", "matthews", "spearmanr", "spearman", "combined_score", "combined");

    @Option(names = "--per_device_train_batch_size", defaultValue = "8", paramLabel = "N",
            description = "Sequences a micro-batch (default: ${DEFAULT-VALUE}).")
    private int trainBatchSize;

    @Option(names = "--per_device_eval_batch_size", defaultValue = "8", paramLabel = "N",
            description = "Sequences at once where nothing is learnt (default: ${DEFAULT-VALUE}).")
    private int evalBatchSize;

    @Option(names = "--gradient_accumulation_steps", defaultValue = "1", paramLabel = "N",
            description = "Micro-batches averaged for one optimiser step (default: ${DEFAULT-VALUE}).")
    private int accumulationSteps;

    @Option(names = "--learning_rate", defaultValue = "5e-5", paramLabel = "X",
            description = "Peak learning rate (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(names = "--weight_decay", defaultValue = "0", paramLabel = "X",
            description = "Of matrices; biases and norms never decay (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(names = "--adam_beta1", defaultValue = "0.9", paramLabel = "X",
            description = "Decay of the first moment (default: ${DEFAULT-VALUE}).")
    private double beta1;

    @Option(names = "--adam_beta2", defaultValue = "0.999", paramLabel = "X",
            description = "Decay of the second moment (default: ${DEFAULT-VALUE}).")
    private double beta2;

    @Option(names = "--adam_epsilon", defaultValue = "1e-8", paramLabel = "X",
            description = "Added to the root of the second moment (default: ${DEFAULT-VALUE}).")
    private double epsilon;

    @Option(names = "--max_grad_norm", defaultValue = "1", paramLabel = "X",
            description = "Bound on the norm of all gradients; 0: none (default: ${DEFAULT-VALUE}).")
    private double maxGradNorm;

    @Option(names = "--num_train_epochs", defaultValue = "3", paramLabel = "N",
            description = "Passes over the training examples (default: ${DEFAULT-VALUE}).")
    private double epochs;

    @Option(names = "--max_steps", defaultValue = "-1", paramLabel = "N",
            description = "Train for this many optimiser steps, however many epochs that is; -1: for the epochs.")
    private long maxSteps;

    @Option(names = "--lr_scheduler_type", defaultValue = "linear", paramLabel = "NAME",
            description = "constant, constant_with_warmup, linear or cosine (default: ${DEFAULT-VALUE}).")
    private String schedule;

    @Option(names = "--warmup_ratio", defaultValue = "0", paramLabel = "X",
            description = "Part of all steps over which the learning rate rises (default: ${DEFAULT-VALUE}).")
    private double warmupRatio;

    @Option(names = "--warmup_steps", defaultValue = "0", paramLabel = "N",
            description = "Steps over which it rises, instead of a part of them.")
    private long warmupSteps;

    @Option(names = {"--eval_strategy", "--evaluation_strategy"}, defaultValue = "epoch", paramLabel = "NAME",
            description = "When models are judged: epoch or steps (default: ${DEFAULT-VALUE}).")
    private String evaluationStrategy;

    @Option(names = "--eval_steps", defaultValue = "500", paramLabel = "N",
            description = "With --eval_strategy steps: steps between evaluations (default: ${DEFAULT-VALUE}).")
    private long evaluationSteps;

    @Option(names = "--metric_for_best_model", paramLabel = "NAME",
            description = "By which the best model is chosen: one of the task's metrics, or combined where it has"
                    + " several (default: the task's only one, or combined).")
    private String metric;

    @Option(names = "--early_stopping_patience", defaultValue = "0", paramLabel = "N",
            description = "Evaluations without improvement after which to stop; 0: never.")
    private int patience;

    @Option(names = "--group_by_length", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "Put texts of about one length into a batch.")
    private boolean groupByLength;

    @Option(names = "--bf16", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "Weights and computation in bfloat16 instead of float32.")
    private boolean bfloat16;

    @Option(names = "--seed", defaultValue = "42", paramLabel = "N",
            description = "Of everything random (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private ProcessorOptions processor;

    @Mixin
    private UpdateOption updates;

    GlueTrainingOptions() {}

    /** @param batches micro-batches an epoch */
    TrainerSettings trainer(int batches) {
        if (epochs != Math.rint(epochs)) {
            throw new IllegalArgumentException("--num_train_epochs must be a whole number, not " + epochs
                    + "; for a part of an epoch give --max_steps");
        }
        int passes = maxSteps > 0
                ? Math.toIntExact(Math.ceilDiv(maxSteps, Math.ceilDiv(batches, accumulationSteps)))
                : (int) epochs;
        boolean warms = !schedule.equals("constant"); // as Transformers has it; constant_with_warmup does
        TrainerSettings settings = trainer(passes, warms ? warmupRatio : 0);
        long total = settings.totalSteps(batches);
        if (warms && warmupSteps > total) {
            throw new IllegalArgumentException("--warmup_steps " + warmupSteps + " is more than the " + total
                    + " steps of the whole run, so the learning rate would never be reached: give fewer, or --warmup_ratio");
        }
        return warms && warmupSteps > 0 ? trainer(passes, (double) warmupSteps / total) : settings;
    }

    private TrainerSettings trainer(int passes, double warmup) {
        return updates.applyTo(new TrainerSettings(passes, Math.max(0, maxSteps), accumulationSteps, learningRate,
                weightDecay, Course.named(schedule), warmup, maxGradNorm, new AdamW.Settings(beta1, beta2, epsilon), seed,
                evaluateEverySteps(), patience));
    }

    private long evaluateEverySteps() {
        return switch (evaluationStrategy) {
            case "epoch" -> 0;
            case "steps" -> evaluationSteps;
            case "no" -> throw new IllegalArgumentException(
                    "--eval_strategy no leaves nothing to choose the best model by: give epoch or steps");
            default -> throw new IllegalArgumentException(
                    "Unknown --eval_strategy '" + evaluationStrategy + "': give epoch or steps");
        };
    }

    /** The metric that chooses the best model; names of other libraries are understood. */
    Metric metric(GlueTask task) {
        if (metric == null) {
            return task.metrics().primary();
        }
        String plain = metric.toLowerCase(Locale.ROOT).replaceFirst("^eval_", "");
        Metric wanted = Metric.named(METRIC_NAMES.getOrDefault(plain, plain));
        boolean combined = wanted == Metric.COMBINED && task.metrics().metrics().size() > 1;
        if (!combined && !task.metrics().metrics().contains(wanted)) {
            throw new IllegalArgumentException(task.title() + " is not judged by '" + metric + "', but by "
                    + String.join(", ", task.metrics().metrics().stream().map(Metric::id).toList())
                    + (task.metrics().metrics().size() > 1 ? ", combined" : ""));
        }
        return wanted;
    }

    BatchSettings batching(int padId, int fixedWidth) {
        return new BatchSettings(
                trainBatchSize, true, seed, groupByLength ? BatchSettings.USUAL_WINDOW : 0, padId, fixedWidth);
    }

    int evaluationBatchSize() {
        return evalBatchSize;
    }

    void applyToEngine() {
        processor.apply();
    }

    Device device() {
        return processor.device();
    }

    DType dtype() {
        return bfloat16 ? DType.BFLOAT16 : DType.FLOAT32;
    }
}
