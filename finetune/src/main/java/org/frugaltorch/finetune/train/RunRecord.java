package org.frugaltorch.finetune.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** One line of a {@link RunLog}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RunRecord.Step.class, name = "step"),
    @JsonSubTypes.Type(value = RunRecord.Evaluation.class, name = "evaluation"),
    @JsonSubTypes.Type(value = RunRecord.Event.class, name = "event")})
public sealed interface RunRecord {

    /** Number of optimiser steps taken when this was written. */
    long step();

    /**
     * One optimiser step. Byte counts that were not measured are -1, other values NaN.
     *
     * @param step                 number of this step, from 1
     * @param epoch                passes over the training set so far, with fraction
     * @param loss                 mean training loss of the step
     * @param learningRate         learning rate that was applied
     * @param gradNorm             norm of all gradients before clipping
     * @param tokensPerSecond      tokens of the step per second
     * @param liveBytes            bytes held after the step
     * @param peakBytes            most bytes held at any moment of the step
     * @param savedActivationBytes bytes that forward kept for backward
     * @param seconds              seconds of training since the start, pauses for evaluation excluded
     */
    record Step(long step, double epoch, double loss, double learningRate, double gradNorm, double tokensPerSecond,
                long liveBytes, long peakBytes, long savedActivationBytes, double seconds) implements RunRecord {}

    /**
     * One evaluation.
     *
     * @param step    number of optimiser steps taken before
     * @param seconds seconds that the evaluation took
     * @param metrics value by metric name, in the order of measurement
     */
    record Evaluation(long step, double seconds, Map<String, Double> metrics) implements RunRecord {
        public Evaluation {
            metrics = ordered(metrics);
        }
    }

    /**
     * Anything else worth a line: a start, a resumption, a saved checkpoint, the end.
     *
     * @param step    number of optimiser steps taken before
     * @param name    what happened, for example {@code start}
     * @param details more about it
     */
    record Event(long step, String name, Map<String, String> details) implements RunRecord {
        public Event {
            details = ordered(details);
        }
    }

    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
