package org.frugaltorch.finetune.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * The metrics that a task is judged by. With several of them there is also {@link Metric#COMBINED}, their arithmetic mean.
 *
 * @param metrics the metrics, at least one, all for the same kind of prediction; without {@code COMBINED} and {@code LOSS}
 */
public record MetricSet(List<Metric> metrics) {
    public MetricSet {
        metrics = List.copyOf(metrics);
        List<String> problems = new ArrayList<>();
        if (metrics.isEmpty()) {
            problems.add("it holds no metric");
        }
        if (metrics.stream().distinct().count() < metrics.size()) {
            problems.add("it holds a metric twice");
        }
        for (Metric metric : metrics) {
            if (metric.task() == Metric.Task.ANY) {
                problems.add("'" + metric.id() + "' is no score of predictions");
            }
        }
        if (metrics.stream().map(Metric::task).filter(task -> task != Metric.Task.ANY).distinct().count() > 1) {
            problems.add("it mixes metrics of predictions of different kinds");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("The set of metrics " + metrics.stream().map(Metric::id).toList()
                    + " is not usable: " + String.join("; ", problems) + ".");
        }
    }

    /**
     * A set of metrics by name.
     *
     * @throws IllegalArgumentException if a name is unknown or the set is not usable
     */
    public static MetricSet named(String... names) {
        return new MetricSet(Stream.of(names).map(Metric::named).toList());
    }

    /**
     * The metrics by which the GLUE benchmark judges a task.
     *
     * @param task a task's short name: cola, sst2, mrpc, qqp, stsb, mnli, qnli, rte or wnli
     * @throws IllegalArgumentException if GLUE has no such task
     */
    public static MetricSet ofGlueTask(String task) {
        return switch (task.strip().toLowerCase(Locale.ROOT)) {
            case "cola" -> named("matthews");
            case "mrpc", "qqp" -> named("accuracy", "f1");
            case "stsb" -> named("pearson", "spearman");
            case "sst2", "mnli", "qnli", "rte", "wnli" -> named("accuracy");
            default -> throw new IllegalArgumentException("GLUE has no task '" + task
                    + "'; choose one of cola, sst2, mrpc, qqp, stsb, mnli, qnli, rte, wnli.");
        };
    }

    /** The kind of prediction that these metrics judge. */
    public Metric.Task task() {
        return metrics.getFirst().task();
    }

    /** The metric by which the best of several evaluations is chosen: the only one, or the combined one. */
    public Metric primary() {
        return metrics.size() == 1 ? metrics.getFirst() : Metric.COMBINED;
    }

    /**
     * Scores predicted classes; see {@link ClassificationScores#of}.
     *
     * @return value by metric name, in the order of this set, the combined one last
     */
    public Map<String, Double> ofClasses(int[] expected, int[] predicted, int numClasses) {
        return values(ClassificationScores.of(expected, predicted, numClasses)::value);
    }

    /**
     * Scores predicted numbers; see {@link RegressionScores#of}.
     *
     * @return value by metric name, in the order of this set, the combined one last
     */
    public Map<String, Double> ofNumbers(double[] expected, double[] predicted) {
        return values(RegressionScores.of(expected, predicted)::value);
    }

    private Map<String, Double> values(ToDoubleFunction<Metric> score) {
        Map<String, Double> values = new LinkedHashMap<>();
        double sum = 0;
        for (Metric metric : metrics) {
            double value = score.applyAsDouble(metric);
            values.put(metric.id(), value);
            sum += value;
        }
        if (metrics.size() > 1) {
            values.put(Metric.COMBINED.id(), sum / metrics.size());
        }
        return values;
    }
}
