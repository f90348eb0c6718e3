package org.frugaltorch.finetune.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.optim.LearningRateSchedule.Course;
import org.frugaltorch.tensor.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code frugal finetune} about the steps of training. */
@Command(optionListHeading = "%nTraining:%n")
public final class FinetuneTrainingOptions {
    private static final double USUAL_WARMUP = 0.03;

    @Option(names = "--global-batch-size", defaultValue = "128", paramLabel = "N",
            description = "Examples of an optimiser step (default: ${DEFAULT-VALUE}).")
    private int globalBatchSize;

    @Option(names = "--gradient-accumulation-steps", defaultValue = "0", paramLabel = "N",
            description = "Micro-batches that a step is divided into; the more, the less memory. 0: of one example each"
                    + " (default: ${DEFAULT-VALUE}).")
    private int accumulationSteps;

    @Option(names = {"--num-epochs", "--epochs"}, defaultValue = "1", paramLabel = "N",
            description = "Passes over the examples (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(names = "--max-steps", defaultValue = "0", paramLabel = "N",
            description = "Stop after this many optimiser steps; 0: no bound (default: ${DEFAULT-VALUE}).")
    private long maxSteps;

    @Option(names = "--learning-rate", defaultValue = "1.5e-4", paramLabel = "X",
            description = "Peak learning rate (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(names = "--weight-decay", defaultValue = "0.01", paramLabel = "X",
            description = "Of matrices; biases and norms never decay (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(names = "--lr-scheduler-type", defaultValue = "cosine", paramLabel = "NAME",
            description = "cosine, linear, constant_with_warmup or constant (default: ${DEFAULT-VALUE}).")
    private String schedule;

    @Option(names = "--warmup-steps", paramLabel = "N", description = "Steps over which the learning rate rises.")
    private Long warmupSteps;

    @Option(names = "--warmup-ratio", paramLabel = "X",
            description = "The same as a part of all steps (default: 0.03).")
    private Double warmupRatio;

    @Option(names = "--max-grad-norm", defaultValue = "1", paramLabel = "X",
            description = "Bound on the norm of all gradients; 0: none (default: ${DEFAULT-VALUE}).")
    private double maxGradNorm;

    @Option(names = "--patience", defaultValue = "0", paramLabel = "N",
            description = "Evaluations without improvement after which to stop; 0: never (default: ${DEFAULT-VALUE}).")
    private int patience;

    @Option(names = "--seed", defaultValue = "42", paramLabel = "N",
            description = "Of everything random; with as many threads, the same seed gives the same losses"
                    + " (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private ProcessorOptions processor;

    @Mixin
    private UpdateOption updates;

    /** Options not given yet; picocli sets them. */
    public FinetuneTrainingOptions() {}

    long seed() {
        return seed;
    }

    /**
     * Checks what does not depend on the data.
     *
     * @throws IllegalArgumentException with all problems together
     */
    void check() {
        List<String> problems = new ArrayList<>();
        if (globalBatchSize < 1) {
            problems.add("--global-batch-size must be at least 1, not " + globalBatchSize);
        } else if (accumulationSteps < 0) {
            problems.add("--gradient-accumulation-steps must not be negative, but is " + accumulationSteps);
        } else if (globalBatchSize % accumulation() != 0) {
            problems.add("--global-batch-size " + globalBatchSize + " cannot be divided into "
                    + accumulationSteps + " equal micro-batches (--gradient-accumulation-steps)");
        }
        if (warmupSteps != null && warmupRatio != null) {
            problems.add("--warmup-steps and --warmup-ratio say the same in two ways: give one");
        }
        if (warmupSteps != null && warmupSteps < 0) {
            problems.add("--warmup-steps must not be negative, but is " + warmupSteps);
        }
        if (hasNoWarmup() && (warmupSteps != null && warmupSteps > 0 || warmupRatio != null && warmupRatio > 0)) {
            problems.add("--lr-scheduler-type constant has no warm-up: constant_with_warmup has one");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        settings(0, 0); // reports what else is wrong before any data is read
    }

    private boolean hasNoWarmup() {
        return schedule.equals("constant");
    }

    private int accumulation() {
        return accumulationSteps == 0 ? globalBatchSize : accumulationSteps;
    }

    /** Examples that go through the model at once. */
    int microBatchSize() {
        return globalBatchSize / accumulation();
    }

    /**
     * The settings for that many examples.
     *
     * @param saveSteps steps between evaluations, each with a checkpoint; 0 for one an epoch
     */
    TrainerSettings forExamples(int examples, long saveSteps) {
        long total = settings(saveSteps, 0).totalSteps(Math.ceilDiv(examples, microBatchSize()));
        if (warmupSteps != null && warmupSteps > total) {
            throw new IllegalArgumentException("--warmup-steps " + warmupSteps + " is more than the " + total
                    + " steps of the whole run, so the learning rate would never be reached: give fewer, or"
                    + " --warmup-ratio");
        }
        return settings(saveSteps, warmupSteps == null ? 0 : (double) warmupSteps / total);
    }

    private TrainerSettings settings(long saveSteps, double shareOfSteps) {
        return updates.applyTo(new TrainerSettings(epochs, maxSteps, accumulation(), learningRate, weightDecay,
                Course.named(schedule), warmup(shareOfSteps), maxGradNorm, AdamW.Settings.DEFAULT, seed, saveSteps,
                patience));
    }

    private double warmup(double shareOfSteps) {
        if (hasNoWarmup()) {
            return 0;
        }
        return warmupSteps != null ? shareOfSteps : Objects.requireNonNullElse(warmupRatio, USUAL_WARMUP);
    }

    void applyToEngine() {
        processor.apply();
    }

    /** Where the model is. */
    Device device() {
        return processor.device();
    }
}
