package org.frugaltorch.finetune.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.measure.MeasuredJson;
import org.frugaltorch.optim.AdamW;
import org.frugaltorch.optim.LearningRateSchedule.Course;
import org.frugaltorch.optim.Rounding;

/**
 * How a model is trained. Checks itself and reports all problems together.
 *
 * @param epochs passes over the training examples
 * @param maxSteps optimiser steps after which to stop all the same; 0 for no bound
 * @param accumulationSteps micro-batches whose gradients are averaged for one optimiser step
 * @param learningRate peak learning rate
 * @param weightDecay of matrices and embeddings; biases and norms never decay
 * @param course of the learning rate after the warm-up
 * @param warmupRatio part of all steps over which the learning rate rises
 * @param maxGradNorm bound on the norm of all gradients; 0 for none
 * @param adam settings of the optimiser
 * @param seed of everything random
 * @param evaluateEverySteps steps between evaluations; 0 for one an epoch
 * @param patience evaluations without improvement after which to stop; 0 for never
 * @param optimizerInBackward whether each weight is updated within the backward pass and its gradient freed (see
 *     {@link org.frugaltorch.optim.UpdatesInBackward}), which changes memory and nothing else
 */
public record TrainerSettings(
        int epochs,
        long maxSteps,
        int accumulationSteps,
        double learningRate,
        double weightDecay,
        Course course,
        double warmupRatio,
        double maxGradNorm,
        AdamW.Settings adam,
        long seed,
        long evaluateEverySteps,
        int patience,
        boolean optimizerInBackward) {

    private static final String OPTIMIZER_IN_BACKWARD = "optimizerInBackward";

    public TrainerSettings {
        List<String> problems = new ArrayList<>();
        require(problems, epochs >= 1, "the number of epochs must be at least 1, not " + epochs);
        require(problems, maxSteps >= 0, "the largest number of steps must not be negative, but is " + maxSteps);
        require(problems, accumulationSteps >= 1,
                "the number of accumulated micro-batches must be at least 1, not " + accumulationSteps);
        require(problems, learningRate > 0 && learningRate < Double.POSITIVE_INFINITY,
                "the learning rate must be above 0, not " + learningRate);
        require(problems, weightDecay >= 0 && weightDecay < 1, "the weight decay must be in [0, 1), not " + weightDecay);
        require(problems, warmupRatio >= 0 && warmupRatio <= 1, "the warm-up ratio must be in [0, 1], not " + warmupRatio);
        require(problems, maxGradNorm >= 0, "the largest gradient norm must not be negative, but is " + maxGradNorm);
        require(problems, evaluateEverySteps >= 0,
                "the steps between evaluations must not be negative, but are " + evaluateEverySteps);
        require(problems, patience >= 0, "the patience must not be negative, but is " + patience);
        require(problems, !optimizerInBackward || maxGradNorm == 0,
                "updates within the backward pass have no norm of all gradients to clip by: turn clipping off with"
                        + " --max-grad-norm 0");
        require(problems, !optimizerInBackward || accumulationSteps == 1,
                "updates within the backward pass cannot wait for " + accumulationSteps + " micro-batches: take one a step"
                        + " with --gradient-accumulation-steps 1");
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** With an update of all weights after the backward pass. */
    public TrainerSettings(int epochs, long maxSteps, int accumulationSteps, double learningRate, double weightDecay,
            Course course, double warmupRatio, double maxGradNorm, AdamW.Settings adam, long seed,
            long evaluateEverySteps, int patience) {
        this(epochs, maxSteps, accumulationSteps, learningRate, weightDecay, course, warmupRatio, maxGradNorm, adam, seed,
                evaluateEverySteps, patience, false);
    }

    /**
     * The same with updates within the backward pass.
     *
     * @throws IllegalArgumentException when something in these settings needs all gradients at once
     */
    public TrainerSettings withOptimizerInBackward() {
        return new TrainerSettings(epochs, maxSteps, accumulationSteps, learningRate, weightDecay, course, warmupRatio,
                maxGradNorm, adam, seed, evaluateEverySteps, patience, true);
    }

    /** The same with other rounding of bfloat16 weights. */
    public TrainerSettings with(Rounding rounding) {
        return new TrainerSettings(epochs, maxSteps, accumulationSteps, learningRate, weightDecay, course, warmupRatio,
                maxGradNorm, adam.with(rounding), seed, evaluateEverySteps, patience, optimizerInBackward);
    }

    private static void require(List<String> problems, boolean holds, String problem) {
        if (!holds) {
            problems.add(problem);
        }
    }

    /** All of them by name, as text, that make a difference to what comes out. */
    Map<String, String> asMap() {
        Map<String, String> all = new LinkedHashMap<>();
        MeasuredJson.fields(this).forEach((name, value) -> all.put(name, String.valueOf(value)));
        all.remove(OPTIMIZER_IN_BACKWARD);
        return all;
    }

    /** Optimiser steps of a whole run over {@code batches} micro-batches an epoch. */
    public long totalSteps(int batches) {
        long steps = Math.multiplyExact((long) epochs, stepsPerEpoch(batches));
        return maxSteps > 0 ? Math.min(steps, maxSteps) : steps;
    }

    /** Optimiser steps of one epoch; the last may average fewer micro-batches. */
    public long stepsPerEpoch(int batches) {
        return Math.ceilDiv(batches, accumulationSteps);
    }
}
