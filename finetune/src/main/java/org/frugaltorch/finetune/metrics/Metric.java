package org.frugaltorch.finetune.metrics;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A score of predictions, known by the name under which settings, logs and reports carry it. */
public enum Metric {
    /** Share of examples predicted right, 0 to 1. */
    ACCURACY("accuracy", "Accuracy", Task.CLASSIFICATION, true),
    /** Mean of the F1 scores of all classes that occur, 0 to 1. */
    MACRO_F1("macro_f1", "Macro F1", Task.CLASSIFICATION, true),
    /** F1 score of class 1 in a task of two classes, 0 to 1. */
    F1("f1", "F1", Task.CLASSIFICATION, true),
    /** Matthews correlation, in its form for any number of classes, -1 to 1. */
    MATTHEWS("matthews", "Matthews correlation", Task.CLASSIFICATION, true),
    /** Share of the entities found that are right, 0 to 1; see {@link EntityScores}. */
    ENTITY_PRECISION("entity_precision", "Entity precision", Task.TAGGING, true),
    /** Share of the entities expected that were found, 0 to 1. */
    ENTITY_RECALL("entity_recall", "Entity recall", Task.TAGGING, true),
    /** Harmonic mean of entity precision and recall, 0 to 1. */
    ENTITY_F1("entity_f1", "Entity F1", Task.TAGGING, true),
    /** Pearson's linear correlation, -1 to 1. */
    PEARSON("pearson", "Pearson correlation", Task.REGRESSION, true),
    /** Spearman's correlation of ranks, equal values sharing their mean rank, -1 to 1. */
    SPEARMAN("spearman", "Spearman correlation", Task.REGRESSION, true),
    /** Mean of the squared errors, 0 at best. */
    MEAN_SQUARED_ERROR("mean_squared_error", "Mean squared error", Task.REGRESSION, false),
    /** Mean loss over the evaluation set, 0 at best. Measured by whoever runs the model, not from predictions. */
    LOSS("loss", "Loss", Task.ANY, false),
    /** Share of questions whose likeliest answer by the letter is right, 0 to 1. Measured by whoever runs the model. */
    ACC_NORM("acc_norm", "Accuracy by the letter", Task.ANY, true),
    /** Arithmetic mean of the other metrics of a {@link MetricSet}. */
    COMBINED("combined", "Combined score", Task.ANY, true);

    /** The kind of prediction a metric judges. */
    public enum Task {
        /** Each prediction is one of a fixed number of classes. */
        CLASSIFICATION,
        /** Predictions are tags of the words of a sentence, which together mark entities. */
        TAGGING,
        /** Each prediction is a number. */
        REGRESSION,
        /** Any of these. */
        ANY
    }

    private final String id;
    private final String label;
    private final Task task;
    private final boolean higherIsBetter;

    Metric(String id, String label, Task task, boolean higherIsBetter) {
        this.id = id;
        this.label = label;
        this.task = task;
        this.higherIsBetter = higherIsBetter;
    }

    /**
     * Finds a metric by its name, whatever its letter case, dashes and underscores being the same.
     *
     * @throws IllegalArgumentException if there is no such metric; the message lists all names
     */
    public static Metric named(String name) {
        String wanted = name.strip().toLowerCase(Locale.ROOT).replace('-', '_');
        for (Metric metric : values()) {
            if (metric.id.equals(wanted)) {
                return metric;
            }
        }
        throw new IllegalArgumentException("There is no metric '" + name + "'; choose one of "
                + Arrays.stream(values()).map(Metric::id).collect(Collectors.joining(", ")) + ".");
    }

    /** The name in settings, logs and result files, for example {@code macro_f1}. */
    public String id() {
        return id;
    }

    /** The name for people, for example {@code Macro F1}. */
    public String label() {
        return label;
    }

    /** The kind of prediction that this metric judges. */
    public Task task() {
        return task;
    }

    /** Whether a larger value is the better one. */
    public boolean higherIsBetter() {
        return higherIsBetter;
    }

    /**
     * Whether {@code candidate} beats {@code best}. NaN beats nothing, and any number beats NaN, so a run can start from
     * NaN as "nothing yet".
     */
    public boolean improves(double candidate, double best) {
        if (Double.isNaN(candidate)) {
            return false;
        }
        if (Double.isNaN(best)) {
            return true;
        }
        return higherIsBetter ? candidate > best : candidate < best;
    }
}
