package org.frugaltorch.finetune.train;

import java.util.Map;

/**
 * What came out of a run.
 *
 * @param steps optimiser steps taken
 * @param bestStep step after which the best evaluation was made
 * @param bestMetrics values of the best evaluation, by metric name
 * @param memory bytes by what they were for
 * @param tokensPerSecond median over the steps, real tokens only
 * @param secondsPerStep mean
 * @param seconds of training, evaluation excluded
 */
public record TrainingResult(
        long steps,
        long bestStep,
        Map<String, Double> bestMetrics,
        MemoryUse memory,
        double tokensPerSecond,
        double secondsPerStep,
        double seconds) {}
