package org.frugaltorch.finetune.cli;

import java.util.OptionalDouble;
import org.frugaltorch.finetune.data.BatchSettings;
import org.frugaltorch.finetune.data.MaxLength;
import org.frugaltorch.finetune.model.ModelDirectory;
import org.frugaltorch.finetune.train.TrainerSettings;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.optim.LearningRateSchedule.Course;
import org.frugaltorch.tensor.DType;
import org.frugaltorch.tensor.Device;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that trains a classifier, of whole sequences or of tokens. */
public final class TrainingOptions {
    @Option(names = "--epochs", defaultValue = "3", paramLabel = "N",
            description = "Passes over the training examples (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(names = "--max-steps", defaultValue = "0", paramLabel = "N",
            description = "Stop after this many optimiser steps; 0: no bound (default: ${DEFAULT-VALUE}).")
    private long maxSteps;

    @Option(names = "--batch-size", defaultValue = "32", paramLabel = "N",
            description = "Sequences a micro-batch (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(names = "--gradient-accumulation-steps", defaultValue = "1", paramLabel = "N",
            description = "Micro-batches averaged for one optimiser step (default: ${DEFAULT-VALUE}).")
    private int accumulationSteps;

    @Option(names = "--learning-rate", defaultValue = "5e-5", paramLabel = "X",
            description = "Peak learning rate (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(names = "--weight-decay", defaultValue = "0.01", paramLabel = "X",
            description = "Of matrices; biases and norms never decay (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(names = "--lr-scheduler-type", defaultValue = "linear", paramLabel = "NAME",
            description = "constant, linear or cosine (default: ${DEFAULT-VALUE}).")
    private String schedule;

    @Option(names = "--warmup-ratio", defaultValue = "0.06", paramLabel = "X",
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

    @Option(names = "--max-length", defaultValue = "0", paramLabel = "N",
            description = "Cut texts to this many tokens; 0: what the model has positions for (default: ${DEFAULT-VALUE}).")
    private int maxLength;

    @Option(names = "--no-truncation", description = "Refuse texts that are too long instead of cutting them.")
    private boolean noTruncation;

    @Option(names = "--dropout", paramLabel = "X",
            description = "Replaces every dropout probability of the model's config.json. 0 lets attention run fused,"
                    + " which saves memory.")
    private Double dropout;

    @Option(names = "--dtype", defaultValue = "float32", paramLabel = "NAME",
            description = "Type of weights and computation: float32, bfloat16, or auto: bfloat16 for weights stored in"
                    + " 16 bits, else float32 (default: ${DEFAULT-VALUE}). Adapters are kept in float32.")
    private String dtype;

    @Option(names = "--seed", defaultValue = "42", paramLabel = "N",
            description = "Of everything random; with as many threads, the same seed gives the same losses"
                    + " (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private ProcessorOptions processor;

    @Mixin
    private UpdateOption updates;

    /** Options not given yet; picocli sets them. */
    public TrainingOptions() {}

    TrainerSettings trainer() {
        return updates.applyTo(new TrainerSettings(epochs, maxSteps, accumulationSteps, learningRate, weightDecay,
                Course.named(schedule), warmupRatio, maxGradNorm, AdamW.Settings.DEFAULT, seed, evaluateEverySteps,
                patience));
    }

    int batchSize() {
        return batchSize;
    }

    /** Micro-batches of training. */
    BatchSettings batching(int padId) {
        return BatchSettings.training(batchSize, seed, padId);
    }

    /** Type of weights and computation. */
    DType dtype(ModelDirectory directory) {
        return DTypeOption.named(dtype, directory);
    }

    /** Where the weights are. */
    Device device() {
        return processor.device();
    }

    OptionalDouble dropout() {
        return dropout == null ? OptionalDouble.empty() : OptionalDouble.of(dropout);
    }

    /** Longest sequence for a model with that many positions. */
    MaxLength maxLength(int positions) {
        if (maxLength > positions) {
            throw new IllegalArgumentException("--max-length " + maxLength + " is more than the " + positions
                    + " positions that the model has");
        }
        return new MaxLength(maxLength == 0 ? positions : maxLength, !noTruncation);
    }

    void applyToEngine() {
        processor.apply();
    }
}
