package org.frugaltorch.finetune.report;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.frugaltorch.finetune.metrics.Metric;
import org.frugaltorch.finetune.train.MemoryUse;
import org.frugaltorch.finetune.train.TrainingResult;

/**
 * What one method's run came to. Values that were not measured are NaN, numbers of bytes -1.
 *
 * @param method               name of the method, for example {@code tokentune-0.25}
 * @param accuracy             accuracy on the evaluation set, 0 to 1
 * @param macroF1              macro F1 on the evaluation set, 0 to 1
 * @param peakBytes            most bytes held at any moment of training
 * @param savedActivationBytes most bytes that forward kept for backward in any step
 * @param weightBytes          bytes of the model's weights
 * @param gradientBytes        bytes of all gradients
 * @param optimizerBytes       bytes of the optimiser's state
 * @param tokensPerSecond      training throughput, evaluation excluded
 * @param seconds              seconds of training, evaluation excluded
 * @param phasePeakBytes       most bytes held in each phase of a step, for example {@code forward} and {@code backward}
 * @param metrics              further metrics by name
 * @param settings             settings of the run by name
 */
@JsonPropertyOrder({"accuracy", "macroF1", "peakBytes", "savedActivationBytes", "tokensPerSecond", "seconds"})
public record RunSummary(String method, double accuracy, double macroF1, long peakBytes, long savedActivationBytes,
                         long weightBytes, long gradientBytes, long optimizerBytes, double tokensPerSecond,
                         double seconds, Map<String, Long> phasePeakBytes, Map<String, Double> metrics,
                         Map<String, String> settings) {

    public RunSummary {
        if (method == null || method.isBlank()) {
            throw new IllegalArgumentException("A run summary needs the name of its method.");
        }
        phasePeakBytes = ordered(phasePeakBytes);
        metrics = ordered(metrics);
        settings = ordered(settings);
    }

    /**
     * What a run came to: its best evaluation, and what it took.
     *
     * @param settings of the run, by the names that reports show
     */
    public static RunSummary of(String method, TrainingResult result, Map<String, String> settings) {
        MemoryUse memory = result.memory();
        Map<String, Double> best = result.bestMetrics();
        Map<String, Double> metrics = new LinkedHashMap<>(best);
        metrics.put("secondsPerStep", result.secondsPerStep());
        metrics.put("steps", (double) result.steps());
        metrics.put("bestStep", (double) result.bestStep());
        return new RunSummary(
                method,
                best.getOrDefault(Metric.ACCURACY.id(), Double.NaN),
                best.getOrDefault(Metric.MACRO_F1.id(), Double.NaN),
                memory.peakBytes(),
                memory.savedActivationBytes(),
                memory.weightBytes(),
                memory.gradientBytes(),
                memory.optimizerBytes(),
                result.tokensPerSecond(),
                result.seconds(),
                memory.phasePeakBytes(),
                metrics,
                settings);
    }

    /** Whether the answers have nothing to do with the labels, as those of a model that says the same of every example. */
    public boolean tellsNothingApart() {
        return metrics.getOrDefault(Metric.MATTHEWS.id(), Double.NaN) == 0;
    }

    /** The same with more metrics behind those that there are. */
    public RunSummary withMetrics(Map<String, Double> more) {
        Map<String, Double> all = new LinkedHashMap<>(metrics);
        all.putAll(more);
        return new RunSummary(method, accuracy, macroF1, peakBytes, savedActivationBytes, weightBytes, gradientBytes,
                optimizerBytes, tokensPerSecond, seconds, phasePeakBytes, all, settings);
    }

    /**
     * Checks that several summaries can stand side by side.
     *
     * @throws IllegalArgumentException if there is none, or two have the same method name
     */
    static void requireDistinct(List<RunSummary> summaries) {
        if (summaries.isEmpty()) {
            throw new IllegalArgumentException("There is no result to report; run at least one method.");
        }
        List<String> seen = new ArrayList<>();
        for (RunSummary summary : summaries) {
            if (seen.contains(summary.method)) {
                throw new IllegalArgumentException("Two results have the method name '" + summary.method
                        + "'; give each run a name of its own.");
            }
            seen.add(summary.method);
        }
    }

    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
