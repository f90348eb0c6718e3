package org.frugaltorch.optim;

import java.util.Arrays;
import java.util.Locale;

/**
 * Factor on the peak learning rate over the steps of a run: linear warm-up from 0, then one of the courses that training
 * scripts know by name.
 *
 * @param course what follows the warm-up
 * @param warmupSteps steps over which the factor rises to 1
 * @param totalSteps optimiser steps of the whole run
 */
public record LearningRateSchedule(Course course, long warmupSteps, long totalSteps) {

    /** What follows the warm-up. */
    public enum Course {
        /** Stays at 1. */
        CONSTANT,
        /** Falls in a straight line to 0 at the last step. */
        LINEAR,
        /** Falls along half a cosine to 0 at the last step. */
        COSINE;

        /** Parses {@code constant}, {@code linear} or {@code cosine}. */
        public static Course named(String name) {
            return switch (name) {
                case "constant", "constant_with_warmup" -> CONSTANT;
                case "linear" -> LINEAR;
                case "cosine" -> COSINE;
                default -> throw new IllegalArgumentException("Unknown learning-rate schedule '" + name + "': known are "
                        + Arrays.toString(values()).toLowerCase(Locale.ROOT));
            };
        }
    }

    public LearningRateSchedule {
        if (warmupSteps < 0 || totalSteps < 1 || warmupSteps > totalSteps) {
            throw new IllegalArgumentException("A schedule of " + totalSteps + " steps cannot have " + warmupSteps
                    + " warm-up steps: use 0 to " + Math.max(totalSteps, 0));
        }
    }

    /** The factor for the step with this number, counted from 0. */
    public double factor(long step) {
        if (step < warmupSteps) {
            return (double) step / warmupSteps;
        }
        long length = Math.max(1, totalSteps - warmupSteps);
        double progress = Math.min(1, (double) (step - warmupSteps) / length);
        return switch (course) {
            case CONSTANT -> 1;
            case LINEAR -> Math.max(0, (double) (totalSteps - step) / length);
            case COSINE -> 0.5 * (1 + Math.cos(Math.PI * progress));
        };
    }
}
