package org.frugaltorch.finetune.cli;

import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.optim.LearningRateSchedule.Course;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a model is trained from scratch; the defaults are those that small decoders are usually trained with. */
public final class PretrainingOptions {
    private static final double EPSILON = 1e-8;

    @Option(names = "--epochs", defaultValue = "1", paramLabel = "N",
            description = "Passes over the training texts (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(names = "--max-steps", defaultValue = "0", paramLabel = "N",
            description = "Stop after this many optimiser steps; 0: no bound (default: ${DEFAULT-VALUE}).")
    private long maxSteps;

    @Option(names = "--batch-size", defaultValue = "8", paramLabel = "N",
            description = "Rows a micro-batch (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(names = "--gradient-accumulation-steps", defaultValue = "1", paramLabel = "N",
            description = "Micro-batches averaged for one optimiser step (default: ${DEFAULT-VALUE}).")
    private int accumulationSteps;

    @Option(names = "--learning-rate", defaultValue = "1e-3", paramLabel = "X",
            description = "Peak learning rate (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(names = "--weight-decay", defaultValue = "0.1", paramLabel = "X",
            description = "Of matrices; norms never decay (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(names = "--adam-beta2", defaultValue = "0.95", paramLabel = "X",
            description = "How slowly AdamW forgets squared gradients (default: ${DEFAULT-VALUE}).")
    private double beta2;

    @Option(names = "--lr-scheduler-type", defaultValue = "cosine", paramLabel = "NAME",
            description = "constant, linear or cosine (default: ${DEFAULT-VALUE}).")
    private String schedule;

    @Option(names = "--warmup-ratio", defaultValue = "0.05", paramLabel = "X",
            description = "Part of all steps over which the learning rate rises (default: ${DEFAULT-VALUE}).")
    private double warmupRatio;

    @Option(names = "--max-grad-norm", defaultValue = "1", paramLabel = "X",
            description = "Bound on the norm of all gradients; 0: none (default: ${DEFAULT-VALUE}).")
    private double maxGradNorm;

    @Option(names = "--eval-steps", defaultValue = "0", paramLabel = "N",
            description = "Steps between evaluations; 0: one an epoch (default: ${DEFAULT-VALUE}).")
    private long evaluateEverySteps;

    @Option(names = "--patience", defaultValue = "0", paramLabel = "N",
            description = "Evaluations without improvement after which to stop; 0: never (default: ${DEFAULT-VALUE}).")
    private int patience;

    @Option(names = "--dtype", defaultValue = "float32", paramLabel = "NAME",
            description = "Type of weights and computation: float32 or bfloat16 (default: ${DEFAULT-VALUE}).")
    private String dtype;

    @Option(names = "--seed", defaultValue = "42", paramLabel = "N",
            description = "Of everything random, the first weights included (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private ProcessorOptions processor;

    @Mixin
    private UpdateOption updates;

    /** Options not given yet; picocli sets them. */
    public PretrainingOptions() {}

    TrainerSettings trainer() {
        return updates.applyTo(new TrainerSettings(epochs, maxSteps, accumulationSteps, learningRate, weightDecay,
                Course.named(schedule), warmupRatio, maxGradNorm,
                new AdamW.Settings(AdamW.Settings.DEFAULT.beta1(), beta2, EPSILON), seed, evaluateEverySteps, patience));
    }

    int batchSize() {
        return batchSize;
    }

    DType dtype() {
        return DTypeOption.named(dtype);
    }

    Device device() {
        return processor.device();
    }

    /** Sets what holds for the whole process. */
    void applyToEngine() {
        processor.apply();
    }
}
